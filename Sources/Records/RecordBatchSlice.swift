/// One whole batch where it lies in a larger buffer. Of its header only length and magic were checked.
public struct RecordBatchSlice {
  public let header: RecordBatchHeader
  /// The batch, header included.
  public let bytes: UnsafeRawBufferPointer

  @inlinable
  init(header: RecordBatchHeader, bytes: UnsafeRawBufferPointer) {
    self.header = header
    self.bytes = bytes
  }

  /// Everything after the header, compressed as it may be.
  @inlinable
  var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.size...]) }
}
