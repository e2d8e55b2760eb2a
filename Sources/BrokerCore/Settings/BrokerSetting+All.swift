extension BrokerSetting {
  private static let positive: ClosedRange<Int64> = 1...Int64(Int32.max)
  private static let unbounded: ClosedRange<Int64> = 0...Int64.max

  /// Every setting there is, by name. What is not here is refused.
  public static let byName: [String: BrokerSetting] = Dictionary(
    uniqueKeysWithValues: (network + topics + groups + topicDefaults).map { ($0.name, $0) })

  private static let network: [BrokerSetting] = [
    .number("node.id", \.nodeID, in: 0...Int64(Int32.max), 1, isInt: true, "The number of this broker."),
    .text("listeners", .text, "127.0.0.1:9092", "Where connections are taken: HOST:PORT, port 0 for any free one.") {
      $0.listeners = $1
    },
    .text(
      "advertised.listeners", .text, nil,
      "What clients are told to connect to, HOST:PORT; without it, what is listened on."
    ) { $0.advertisedListeners = $1 },
    .text("log.dirs", .text, "/var/lib/splashdam/broker", "The directory of all data.") { $0.dataDirectory = $1 },
    .number(
      "num.network.threads", \.eventLoopCount, in: 0...256, 0, isInt: true,
      "Event loops, which also run the requests; 0 for as many as there are processors."),
    .number(
      "num.io.threads", \.diskThreadCount, in: 1...256, 4, isInt: true, "Threads that wait for flushes of the disk."),
    .number(
      "num.recovery.threads.per.data.dir", \.recoveryThreadCount, in: 1...256, 2, isInt: true,
      "Threads that open logs at the start."),
    .number(
      "socket.request.max.bytes", \.requestByteLimit, in: 1024...Int64(Int32.max), 100 << 20, isInt: true,
      "The largest request taken; a larger one ends its connection."),
    .number(
      "queued.max.request.bytes", \.queuedRequestByteLimit, in: 1 << 20...Int64.max, 512 << 20,
      "Bytes of all requests that have not arrived whole; a connection that would exceed them is closed."),
    .number(
      "max.connections", \.connectionLimit, in: positive, 20_000, isInt: true,
      "Connections at once; more are closed as they come."),
    .number(
      "connections.max.idle.ms", \.connectionIdleMilliseconds, in: 1000...Int64.max, 600_000,
      "A connection without requests for so long is closed."),
    .number(
      "fetch.max.bytes", \.fetchByteLimit, in: 1024...Int64(Int32.max), 55 << 20, isInt: true,
      "The most a fetch is answered with, but for a single batch that is larger."),
    .number(
      "max.incremental.fetch.session.cache.slots", \.fetchSessionLimit, in: 0...100_000, 1000, isInt: true,
      "Fetch sessions remembered at once (KIP-227)."),
  ]

  private static let topics: [BrokerSetting] = [
    .number(
      "num.partitions", \.partitionCount, in: 1...100_000, 1, isInt: true,
      "Partitions of a topic whose creator does not say how many."),
    .boolean("auto.create.topics.enable", \.createsTopicsOnUse, true, "Whether a topic is created on first use."),
    .boolean("delete.topic.enable", \.allowsTopicDeletion, true, "Whether topics may be deleted."),
    .number(
      "default.replication.factor", \.replicationFactor, in: 1...1, 1, isInt: true,
      "Replicas of a topic whose creator does not say how many; a lone broker has one."),
    .number(
      "max.partitions", \.partitionLimit, in: positive, 100_000, isInt: true,
      "Partitions of all topics together; more are refused."),
    .text(
      "record.validation", .choice(["full", "header"]), "full", isDynamic: true,
      "Whether every record of a produced batch is checked, or the batch's header alone."
    ) { $0.recordValidation = RecordValidation(rawValue: $1) ?? .full },
    .number(
      "log.retention.check.interval.ms", \.retentionCheckMilliseconds, in: positive, 300_000,
      "How often segments that are too old or too many are looked for."),
    .number(
      "log.cleaner.backoff.ms", \.compactionCheckMilliseconds, in: positive, 15_000,
      "How often logs that are worth compacting are looked for."),
    .number(
      "log.flush.offset.checkpoint.interval.ms", \.checkpointMilliseconds, in: positive, 60_000,
      "How often what is written is synced and noted, which bounds what a start after a crash reads."),
    .number(
      "log.cleaner.dedupe.buffer.size", \.compactionKeyBytes, in: 1 << 20...1 << 34, 64 << 20, isDynamic: true,
      "Bytes of memory for the keys of a log that is compacted; with more of them it takes several passes."),
    .number(
      "log.disk.budget.bytes", \.diskBudgetBytes, in: -1...Int64.max, -1, isDynamic: true,
      "Bytes of all logs together beyond which the oldest segments go, of whatever topic; -1 for no bound."),
    .number(
      "log.disk.budget.percent", \.diskBudgetPercent, in: 0...100, 0, isDynamic: true, isInt: true,
      "As log.disk.budget.bytes, of each disk in hundredths of its size; 0 for no bound. With either, the oldest segments also go before log.disk.reserve.bytes is touched."
    ),
    .number(
      "log.disk.check.interval.ms", \.diskCheckMilliseconds, in: positive, 1000,
      "How often the room on the disks of log.dirs is looked at."),
    .number(
      "log.disk.reserve.bytes", \.diskReserveBytes, in: -1...Int64.max, -1, isDynamic: true,
      "Bytes of each disk that records leave free, so that deletes, offset commits and group changes go on; -1 for a twentieth of it, at least 16 MiB and at most 1 GiB, but never more than a quarter."
    ),
    .number(
      "log.flush.scheduler.interval.ms", \.flushCheckMilliseconds, in: positive, 1000,
      "How often records are looked for that flush.ms wants synced."),
    .number(
      "producer.id.expiration.ms", \.producerIDExpirationMilliseconds, in: positive, 86_400_000,
      "How long an idempotent producer that is silent is remembered."),
  ]

  private static let groups: [BrokerSetting] = [
    .number(
      "group.min.session.timeout.ms", \.groupMinSessionTimeoutMilliseconds, in: positive, 6000, isInt: true,
      "The shortest session timeout a member may ask for."),
    .number(
      "group.max.session.timeout.ms", \.groupMaxSessionTimeoutMilliseconds, in: positive, 1_800_000, isInt: true,
      "The longest session timeout a member may ask for."),
    .number(
      "group.initial.rebalance.delay.ms", \.groupInitialRebalanceDelayMilliseconds, in: 0...Int64(Int32.max), 3000,
      isInt: true, "How long a new group waits for more members."),
    .number("group.max.size", \.groupMemberLimit, in: positive, 5000, isInt: true, "Members of one group."),
    .number(
      "group.consumer.session.timeout.ms", \.groupConsumerSessionTimeoutMilliseconds, in: positive, 45_000, isInt: true,
      "How long a member of the next-generation protocol may be silent."),
    .number(
      "group.consumer.heartbeat.interval.ms", \.groupConsumerHeartbeatIntervalMilliseconds, in: positive, 5000,
      isInt: true, "How often a member of the next-generation protocol is told to be heard of."),
    .number(
      "group.consumer.max.size", \.groupConsumerMemberLimit, in: positive, 5000, isInt: true,
      "Members of one group of the next-generation protocol."),
    .number(
      "offsets.topic.num.partitions", \.offsetsPartitionCount, in: 1...1000, 50, isInt: true,
      "Partitions of __consumer_offsets; fixed once it exists."),
    .number(
      "offsets.topic.segment.bytes", \.offsetsSegmentBytes, in: 16_384...Int64(Int32.max), 16 << 20, isInt: true,
      "Bytes of a segment of __consumer_offsets; fixed once it exists."),
    .number(
      "offsets.retention.minutes", \.offsetsRetentionMinutes, in: positive, 10_080, isInt: true,
      "How long offsets of a group without members are kept."),
    .number(
      "offsets.retention.check.interval.ms", \.offsetsRetentionCheckMilliseconds, in: positive, 600_000,
      "How often offsets that are too old are looked for."),
    .number(
      "offset.metadata.max.bytes", \.offsetMetadataByteLimit, in: 0...1_000_000, 4096, isInt: true,
      "Bytes of text a client may keep with an offset."),
  ]

  /// Those that topics may have values of their own for; `TopicSetting` says how.
  private static let topicDefaults: [BrokerSetting] =
    TopicSetting.all.filter { $0.name != "retention.ms" && $0.name != "segment.ms" }.map { topic in
      BrokerSetting(
        name: topic.brokerName, kind: topic.kind, standard: topic.standard, documentation: topic.documentation,
        isDynamic: true
      ) { settings, value in topic.apply(&settings.topicDefaults, value) }
    } + [
      optional("log.retention.ms", -1...Int64.max, "Milliseconds records are kept; -1 for ever.") {
        $0.retentionMilliseconds = $1
      },
      optional("log.retention.minutes", -1...Int64(Int32.max), "As log.retention.ms, which goes before it.") {
        $0.retentionMinutes = $1
      },
      optional("log.retention.hours", -1...Int64(Int32.max), standard: 336, "As log.retention.minutes, after it.") {
        $0.retentionHours = $1
      },
      optional("log.roll.ms", 1...Int64.max, "Milliseconds after which a new segment begins.") {
        $0.rollMilliseconds = $1
      },
      optional("log.roll.hours", positive, standard: 168, "As log.roll.ms, which goes before it.") {
        $0.rollHours = $1
      },
    ]

  private static func optional(
    _ name: String, _ range: ClosedRange<Int64>, standard: Int64? = nil, _ documentation: String,
    _ apply: @escaping @Sendable (inout BrokerSettings, Int64) -> Void
  ) -> BrokerSetting {
    BrokerSetting(
      name: name, kind: .long(range), standard: standard.map { String($0) }, documentation: documentation,
      isDynamic: true
    ) { settings, value in
      if case .number(let number) = value { apply(&settings, number) }
    }
  }
}
