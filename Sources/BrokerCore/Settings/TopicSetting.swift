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
      "compression.type", "compression.type", .choice(["producer"]), "producer",
      "Batches are kept as their producers compressed them."
    ) { _, _ in },
    .number(
      "delete.retention.ms", "log.cleaner.delete.retention.ms", .long(0...Int64.max), 86_400_000,
      "Milliseconds for which compaction keeps a tombstone, so that consumers learn of it."
    ) { $0.log.deleteRetentionMilliseconds = $1 },
    .words(
      "flush", "flush", .choice(["ack", "os"]), "ack",
      "ack: records are synced to the disk before they are acknowledged; os: when the kernel likes."
    ) { $0.syncsBeforeAcknowledging = $1 == ["ack"] },
    .number(
      "index.interval.bytes", "log.index.interval.bytes", .int(0...Int64(Int32.max)), 4096,
      "Bytes of log between two entries of its indexes."
    ) { $0.log.indexIntervalBytes = Int($1) },
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
    .number(
      "min.insync.replicas", "min.insync.replicas", .int(1...1), 1,
      "Replicas that must have a record before acks=all is answered; a lone broker has one."
    ) { _, _ in },
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
}
