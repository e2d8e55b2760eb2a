/// One record where it lies: its bytes are valid as long as the batch's are, and until its decoder opens another batch.
public struct RecordView {
  public var offset: Int64
  /// Milliseconds since 1970-01-01 UTC; -1 for none.
  public var timestamp: Int64
  /// nil: null, which is not the same as empty.
  public var key: UnsafeRawBufferPointer?
  /// nil: null, a tombstone where the topic is compacted.
  public var value: UnsafeRawBufferPointer?
  public var headers: RecordHeadersView

  @inlinable
  init(
    offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: RecordHeadersView
  ) {
    self.offset = offset
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
  }
}
