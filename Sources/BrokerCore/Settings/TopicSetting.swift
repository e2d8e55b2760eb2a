import Records

/// One setting of topics: its name there and among the broker's settings, and what it does.
public struct TopicSetting: Sendable {
  public let name: String
  /// The broker's setting for topics that do not say otherwise.
  public let brokerName: String
  public let kind: SettingKind
  public let standard: String
  public let documentation: String
  let apply: @Sendable (inout TopicConfiguration, SettingValue) -> Void

  private init(
    _ name: String, _ brokerName: String, _ kind: SettingKind, _ standard: String, _ documentation: String,
    _ apply: @escaping @Sendable (inout TopicConfiguration, SettingValue) -> Void
  ) {
    self.name = name
    self.brokerName = brokerName
    self.kind = kind
    self.standard = standard
    self.documentation = documentation
    self.apply = apply
  }

  private static func number(
    _ name: String, _ brokerName: String, _ kind: SettingKind, _ standard: Int64, _ documentation: String,
    _ apply: @escaping @Sendable (inout TopicConfiguration, Int64) -> Void
  ) -> TopicSetting {
    TopicSetting(name, brokerName, kind, String(standard), documentation) { configuration, value in
      if case .number(let number) = value { apply(&configuration, number) }
    }
  }

  private static func words(
    _ name: String, _ brokerName: String, _ kind: SettingKind, _ standard: String, _ documentation: String,
    _ apply: @escaping @Sendable (inout TopicConfiguration, [String]) -> Void
  ) -> TopicSetting {
    TopicSetting(name, brokerName, kind, standard, documentation) { configuration, value in
      if case .text(let text) = value { apply(&configuration, [text]) }
      if case .list(let words) = value { apply(&configuration, words) }
    }
  }

  public static let byName: [String: TopicSetting] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The setting of that name, or why there is none.
  static func named(_ name: String) throws(SettingError) -> TopicSetting {
    if let setting = byName[name] { return setting }
    if let reason = unused[name] {
      throw SettingError(name: name, problem: "Kafka has this setting, this broker has no use for it: \(reason)")
    }
    throw .unknown(name.shortened, among: byName.keys.sorted(), what: "topic setting")
  }

  /// Every setting a topic can have. What is not here is refused.
  public static let all: [TopicSetting] = [
    .words(
      "cleanup.policy", "log.cleanup.policy", .list(["delete", "compact"]), "delete",
      "delete: old segments go; compact: the last record of each key stays."
    ) {
      $0.log.compacts = $1.contains("compact")
      $0.log.deletesOldSegments = $1.contains("delete")
    },
    .words(
      "compression.type", "compression.type",
      .choice(["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"]), "producer",
      "The codec that batches are kept in; producer: as they came."
    ) { $0.compression = codecs[$1.first ?? ""] },
    .number(
      "delete.retention.ms", "log.cleaner.delete.retention.ms", .long(0...Int64.max), 86_400_000,
      "Milliseconds for which compaction keeps a tombstone, so that consumers learn of it."
    ) { $0.log.deleteRetentionMilliseconds = $1 },
    .words(
      "flush", "flush", .choice(["ack", "os"]), "ack",
      "ack: records are synced to the disk before they are acknowledged; os: when the kernel likes."
    ) { $0.flushesBeforeAcknowledging = $1 == ["ack"] },
    .number(
      "flush.messages", "log.flush.interval.messages", .long(1...Int64.max), .max,
      "Records after which the log is synced; with 1 before they are acknowledged."
    ) { $0.flushMessages = $1 },
    .number(
      "flush.ms", "log.flush.interval.ms", .long(0...Int64.max), .max,
      "Milliseconds after which a record is synced at the latest."
    ) { $0.flushMilliseconds = $1 },
    .number(
      "index.interval.bytes", "log.index.interval.bytes", .int(0...Int64(Int32.max)), 4096,
      "Bytes of log between two entries of its indexes."
    ) { $0.log.indexIntervalBytes = Int($1) },
    .number(
      "max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", .long(1...Int64.max), .max,
      "Milliseconds after which a record is compacted at the latest, however little there is to gain."
    ) { $0.log.maximumCompactionLagMilliseconds = $1 },
    .number(
      "max.message.bytes", "message.max.bytes", .int(0...Int64(Int32.max)), 1_048_588, "Bytes of a batch at most."
    ) { $0.batchByteLimit = $1 },
    .number(
      "message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms", .long(0...Int64.max), .max,
      "How far ahead of the broker's clock a record's timestamp may be."
    ) { $0.timestampAfterLimit = $1 },
    .number(
      "message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms", .long(0...Int64.max), .max,
      "How far behind the broker's clock a record's timestamp may be."
    ) { $0.timestampBeforeLimit = $1 },
    .words(
      "message.timestamp.type", "log.message.timestamp.type", .choice(["CreateTime", "LogAppendTime"]), "CreateTime",
      "Whether records keep their producer's time or get the broker's."
    ) { $0.log.stampsAppendTime = $1 == ["LogAppendTime"] },
    TopicSetting(
      "min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio", .decimal(0...1), "0.5",
      "The share of a log that is not compacted yet from which on compacting is worth it."
    ) { if case .decimal(let ratio) = $1 { $0.log.minimumCleanableDirtyRatio = ratio } },
    .number(
      "min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", .long(0...Int64.max), 0,
      "Milliseconds for which a record is not compacted, counted from when it was appended."
    ) { $0.log.minimumCompactionLagMilliseconds = $1 },
    .number(
      "min.insync.replicas", "min.insync.replicas", .int(1...Int64(Int32.max)), 1,
      "Replicas that must be there to take records with acks=all; a lone broker is one."
    ) { $0.minimumInSyncReplicas = $1 },
    .number(
      "retention.bytes", "log.retention.bytes", .long(-1...Int64.max), -1,
      "Bytes of each partition beyond which old segments go; -1 for no bound."
    ) { $0.log.retentionBytes = $1 },
    .number(
      "retention.ms", "log.retention.ms", .long(-1...Int64.max), 1_209_600_000,
      "Milliseconds after which old segments go; -1 for never."
    ) { $0.log.retentionMilliseconds = $1 },
    .number(
      "segment.bytes", "log.segment.bytes", .int(16_384...Int64(Int32.max)), 1 << 30, "Bytes of one segment file."
    ) { $0.log.segmentBytes = Int($1) },
    .number(
      "segment.index.bytes", "log.index.size.max.bytes", .int(1024...Int64(Int32.max)), 10 << 20,
      "Bytes of an index file beyond which the segment ends."
    ) { $0.log.segmentIndexBytes = Int($1) },
    .number(
      "segment.ms", "log.roll.ms", .long(1...Int64.max), 604_800_000,
      "Milliseconds after which a new segment begins."
    ) { $0.log.segmentMilliseconds = $1 },
  ]

  private static let codecs: [String: Compression] = [
    "uncompressed": .none, "gzip": .gzip, "snappy": .snappy, "lz4": .lz4, "zstd": .zstd,
  ]

  /// Settings that Kafka's topics have and these do not, with the reason.
  private static let unused: [String: String] = [
    "compression.gzip.level": "codecs compress at their own default level",
    "compression.lz4.level": "codecs compress at their own default level",
    "compression.zstd.level": "codecs compress at their own default level",
    "file.delete.delay.ms": "a reader keeps its file, so that files go at once",
    "follower.replication.throttled.replicas": "there are no followers",
    "leader.replication.throttled.replicas": "there are no followers",
    "local.retention.bytes": "there is no remote storage",
    "local.retention.ms": "there is no remote storage",
    "message.downconversion.enable": "records are kept and served in format 2 alone",
    "message.format.version": "records are kept and served in format 2 alone",
    "preallocate": "files are not allocated in advance",
    "remote.log.copy.disable": "there is no remote storage",
    "remote.log.delete.on.disable": "there is no remote storage",
    "remote.storage.enable": "there is no remote storage",
    "segment.jitter.ms": "segments roll without jitter",
    "unclean.leader.election.enable": "there are no followers to elect from",
  ]
}
