import LogStore
import Records

/// The settings of a topic, understood.
public struct TopicConfiguration: Sendable, Hashable {
  public internal(set) var log = LogConfiguration()
  /// `flush: ack`
  var flushesBeforeAcknowledging = true
  /// `flush.messages`: records that may be without a sync, `.max` for any number. Kafka syncs within the append, so 1 is
  /// the same as `flush: ack`.
  public internal(set) var flushMessages: Int64 = .max
  /// `flush.ms`: how long a record may be without a sync.
  public internal(set) var flushMilliseconds: Int64 = .max
  /// The codec that batches are kept in, `compression.type`; nil for that of their producers.
  public internal(set) var compression: Compression?
  /// Bytes of a batch, `max.message.bytes`.
  public internal(set) var batchByteLimit: Int64 = 1_048_588
  /// `min.insync.replicas`: with fewer, records are refused that are to be acknowledged by all.
  public internal(set) var minimumInSyncReplicas: Int64 = 1
  /// How far a record's timestamp may lie in the past and in the future of its arrival, in milliseconds.
  public internal(set) var timestampBeforeLimit: Int64 = .max
  public internal(set) var timestampAfterLimit: Int64 = .max

  init() {}

  /// A record is synced before it is acknowledged or seen; else the kernel writes it when it likes.
  public var syncsBeforeAcknowledging: Bool { flushesBeforeAcknowledging || flushMessages == 1 }
}
