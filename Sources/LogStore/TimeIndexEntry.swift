/// In `.timeindex`: the largest timestamp so far, and the last offset of the batch that brought it, less the segment's
/// base offset.
@usableFromInline
struct TimeIndexEntry: IndexEntry {
  @usableFromInline static var size: Int { 12 }

  @usableFromInline let timestamp: Int64
  @usableFromInline let relativeOffset: Int32

  @inlinable
  init(timestamp: Int64, relativeOffset: Int32) {
    self.timestamp = timestamp
    self.relativeOffset = relativeOffset
  }

  @inlinable
  init(reading bytes: UnsafeRawBufferPointer, at offset: Int) {
    timestamp = Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    relativeOffset = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: Int32.self))
  }

  @inlinable var key: Int64 { timestamp }

  @usableFromInline
  func encode(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: timestamp)
    bytes.append(bigEndian: relativeOffset)
  }

  @usableFromInline
  func follows(_ previous: Self) -> Bool {
    timestamp > previous.timestamp && relativeOffset > previous.relativeOffset
  }
}
