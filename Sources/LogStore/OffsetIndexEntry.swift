/// In `.index`: the last offset of a batch, less the segment's base offset, and where the batch begins in the `.log`.
@usableFromInline
struct OffsetIndexEntry: IndexEntry {
  @usableFromInline static var size: Int { 8 }

  @usableFromInline let relativeOffset: Int32
  @usableFromInline let position: Int32

  @inlinable
  init(relativeOffset: Int32, position: Int32) {
    self.relativeOffset = relativeOffset
    self.position = position
  }

  @inlinable
  init(reading bytes: UnsafeRawBufferPointer, at offset: Int) {
    relativeOffset = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    position = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset &+ 4, as: Int32.self))
  }

  @inlinable var key: Int64 { Int64(relativeOffset) }

  @usableFromInline
  func encode(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: relativeOffset)
    bytes.append(bigEndian: position)
  }

  @usableFromInline
  func follows(_ previous: Self) -> Bool {
    relativeOffset > previous.relativeOffset && position > previous.position
  }
}
