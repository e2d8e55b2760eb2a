/// A timestamp and the offset of the record, or of the batch, that has it.
public struct TimestampedOffset: Sendable, Hashable {
  /// Milliseconds since 1970-01-01 UTC.
  public var timestamp: Int64
  public var offset: Int64
  /// Of the batch; -1 where it was not looked at.
  public var leaderEpoch: Int32

  @inlinable
  public init(timestamp: Int64, offset: Int64, leaderEpoch: Int32 = -1) {
    self.timestamp = timestamp
    self.offset = offset
    self.leaderEpoch = leaderEpoch
  }
}
