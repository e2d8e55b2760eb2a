/// A rolled segment that may go before its time when the disk has no room.
public struct TrimmableSegment: Sendable, Hashable {
  /// The offset after its last record.
  public var endOffset: Int64
  /// Bytes on the disk, indexes included.
  public var byteCount: Int64
  /// By the broker's clock, milliseconds since 1970-01-01 UTC.
  public var lastAppendTime: Int64

  public init(endOffset: Int64, byteCount: Int64, lastAppendTime: Int64) {
    self.endOffset = endOffset
    self.byteCount = byteCount
    self.lastAppendTime = lastAppendTime
  }
}
