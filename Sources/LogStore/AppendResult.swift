/// What an append did.
public struct AppendResult: Sendable, Hashable {
  /// Of the first batch.
  public var baseOffset: Int64
  /// Of the last record.
  public var lastOffset: Int64
  /// Milliseconds since 1970-01-01 UTC, -1 where the producer's timestamps stay (as Produce answers it).
  public var appendTime: Int64
  public var logStartOffset: Int64
  /// These batches were there already: nothing was written, and the offsets are those of the first time.
  public var isDuplicate: Bool

  @inlinable
  public init(baseOffset: Int64, lastOffset: Int64, appendTime: Int64, logStartOffset: Int64, isDuplicate: Bool) {
    self.baseOffset = baseOffset
    self.lastOffset = lastOffset
    self.appendTime = appendTime
    self.logStartOffset = logStartOffset
    self.isDuplicate = isDuplicate
  }
}
