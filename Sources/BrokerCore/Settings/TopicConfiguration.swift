import LogStore

/// The settings of a topic, understood.
public struct TopicConfiguration: Sendable, Hashable {
  public internal(set) var log = LogConfiguration()
  /// `flush: ack`: a record is synced before it is acknowledged or seen. `os`: the kernel writes it when it likes.
  public internal(set) var syncsBeforeAcknowledging = true
  /// Bytes of a batch, `max.message.bytes`.
  public internal(set) var batchByteLimit: Int64 = 1_048_588
  /// How far a record's timestamp may lie in the past and in the future of its arrival, in milliseconds.
  public internal(set) var timestampBeforeLimit: Int64 = .max
  public internal(set) var timestampAfterLimit: Int64 = .max

  init() {}
}
