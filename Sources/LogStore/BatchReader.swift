import Base
import Records

/// Walks the batches of a `.log` file and judges each header by what can be known without the CRC. Reads through a
/// buffer that the caller lends it.
@usableFromInline
struct BatchReader<Files: FileSystem>: ~Copyable {
  @usableFromInline
  enum Step: Sendable {
    case batch(RecordBatchHeader)
    /// `end` is reached.
    case end
    /// The page cache does not have it, and this reader does not wait.
    case needsDisk
    case damaged(String)

    var header: RecordBatchHeader? {
      if case .batch(let header) = self { header } else { nil }
    }
  }

  @usableFromInline let file: LogFile<Files>
  /// Where the batches end, in bytes.
  @usableFromInline let end: Int64
  @usableFromInline let waits: Bool
  /// At least the size of a header.
  @usableFromInline let buffer: UnsafeMutableRawBufferPointer
  @usableFromInline var bufferStart: Int64 = 0
  @usableFromInline var bufferCount = 0

  @inlinable
  init(_ file: LogFile<Files>, end: Int64, waits: Bool, buffer: UnsafeMutableRawBufferPointer) {
    self.file = file
    self.end = end
    self.waits = waits
    self.buffer = buffer
  }

  /// The batch at `position`, whose base offset is at least `minimumOffset`.
  @inlinable
  mutating func step(at position: Int64, minimumOffset: Int64) throws(FileError) -> Step {
    if position >= end { return .end }
    let needed = Int64(RecordBatchHeader.size)
    guard end &- position >= needed else { return .damaged("\(end - position) bytes are no batch") }
    if position < bufferStart || position &+ needed > bufferStart &+ Int64(bufferCount) {
      guard try load(at: position) else { return .needsDisk }
      guard bufferCount >= RecordBatchHeader.size else {
        return waits ? .damaged("the file ends before byte \(end)") : .needsDisk
      }
    }
    let start = Int(position &- bufferStart)
    guard
      let header = RecordBatchHeader(reading: UnsafeRawBufferPointer(rebasing: buffer[start..<bufferCount]))
    else { return .damaged("the header is cut off") }
    if let reason = Self.flaw(header, room: end &- position, minimumOffset: minimumOffset) { return .damaged(reason) }
    return .batch(header)
  }

  @inlinable
  static func flaw(_ header: RecordBatchHeader, room: Int64, minimumOffset: Int64) -> String? {
    if header.magic != 2 { return "magic \(header.magic) where 2 is expected" }
    if header.batchLength < Int32(RecordBatchHeader.size - RecordBatchHeader.lengthPrefixSize)
      || Int64(header.batchLength) > room &- Int64(RecordBatchHeader.lengthPrefixSize)
    {
      return "a batch length of \(header.batchLength) where \(room) bytes are left"
    }
    if header.lastOffsetDelta < 0 || header.baseOffset > Int64.max - Int64(Int32.max) - 1 {
      return "offsets \(header.baseOffset) + \(header.lastOffsetDelta)"
    }
    if header.baseOffset < minimumOffset {
      return "base offset \(header.baseOffset) where at least \(minimumOffset) is expected"
    }
    return nil
  }

  /// Fills the buffer from `position` on; false when that would wait.
  @inlinable
  mutating func load(at position: Int64) throws(FileError) -> Bool {
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(min(Int64(buffer.count), end &- position))))
    bufferStart = position
    bufferCount = 0
    if waits {
      bufferCount = try file.files.read(file.handle, at: position, into: room)
    } else {
      guard let count = try file.files.readCached(file.handle, at: position, into: room) else { return false }
      bufferCount = count
    }
    return true
  }

  /// Whether the CRC of the batch at `position` fits; `step` has returned its header. Waits.
  mutating func hasValidChecksum(_ header: RecordBatchHeader, at position: Int64) throws(FileError) -> Bool {
    var crc: UInt32 = 0
    var place = position + Int64(RecordBatchHeader.checksummedOffset)
    let stop = position + Int64(header.size)
    while place < stop {
      if place < bufferStart || place >= bufferStart + Int64(bufferCount) {
        guard try load(at: place), bufferCount > 0 else { return false }
      }
      let start = Int(place - bufferStart)
      let count = Int(min(Int64(bufferCount - start), stop - place))
      crc = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: buffer[start..<(start + count)]), extending: crc)
      place += Int64(count)
    }
    return crc == header.crc
  }
}
