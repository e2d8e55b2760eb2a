/// How one partition keeps its log; the names in Kafka's topic configs stand beside each value. It may be replaced
/// while the log is in use and counts from the next call on.
public struct LogConfiguration: Sendable, Hashable {
  /// `segment.bytes`; a segment never grows past 2^31 - 1 bytes, whatever this says.
  public var segmentBytes: Int = 1 << 30
  /// `segment.ms`, by the time of appending (never by record timestamps, which producers choose), without jitter.
  public var segmentMilliseconds: Int64 = 7 * 86_400_000
  /// `segment.index.bytes`: a segment whose index is this long is rolled. Nothing is allocated in advance.
  public var segmentIndexBytes: Int = 10 << 20
  /// `index.interval.bytes`: at most one index entry per so many bytes of log.
  public var indexIntervalBytes: Int = 4096
  /// `retention.ms`; negative: for ever.
  public var retentionMilliseconds: Int64 = 14 * 86_400_000
  /// `retention.bytes` of this partition; negative: without bound.
  public var retentionBytes: Int64 = -1
  /// `cleanup.policy` contains `delete`: retention by time and bytes applies.
  public var deletesOldSegments = true
  /// `cleanup.policy` contains `compact`, or once did: offsets may be missing, so recovery takes no gap for damage.
  public var compacts = false
  /// `min.cleanable.dirty.ratio`: the share of bytes not compacted yet from which on compaction is worth it.
  public var minimumCleanableDirtyRatio = 0.5
  /// `min.compaction.lag.ms`, by the time of appending: what is younger is not compacted.
  public var minimumCompactionLagMilliseconds: Int64 = 0
  /// `max.compaction.lag.ms`, by the time of appending: what is older is compacted whatever the ratio says.
  public var maximumCompactionLagMilliseconds: Int64 = .max
  /// `delete.retention.ms`: how long compaction keeps a tombstone, counted from when it first met it.
  public var deleteRetentionMilliseconds: Int64 = 86_400_000
  /// `message.timestamp.type=LogAppendTime`: the broker's time replaces the producer's.
  public var stampsAppendTime = false
  /// `producer.id.expiration.ms`: how long an idempotent producer that is silent is remembered.
  public var producerIDExpirationMilliseconds: Int64 = 86_400_000
  /// Producers remembered at most; past it those that were silent longest are forgotten. At least 1.
  public var producerLimit = 20_000

  public init() {}
}
