import Base
import Records

/// Reads the batches of a segment file one after another, whole, and steps over what is damaged. For tools.
package final class SegmentFileReader<Files: FileSystem> {
  package enum Step {
    /// Valid until the next call. Of the batch only the header was checked.
    case batch(RecordBatchSlice, position: Int64)
    case damage(Range<Int64>, String)
    case end
  }

  private let log: LogFile<Files>
  private let size: Int64
  private let baseOffset: Int64
  private var position: Int64 = 0
  private var buffer: UnsafeMutableRawBufferPointer

  package init(_ path: String, baseOffset: Int64, files: Files) throws(FileError) {
    log = try LogFile(path, .read, files: files)
    size = try files.status(log.handle).size
    self.baseOffset = baseOffset
    buffer = .allocate(byteCount: 1 << 20, alignment: 16)
  }

  deinit {
    buffer.deallocate()
  }

  package func next() throws(FileError) -> Step {
    if position >= size { return .end }
    var reason = "it ends within a batch"
    let head = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(RecordBatchHeader.size))
    let count = try log.files.read(log.handle, at: position, into: head)
    if let header = RecordBatchHeader(reading: UnsafeRawBufferPointer(rebasing: head.prefix(count))) {
      if let flaw = BatchReader<Files>.flaw(header, room: size - position, minimumOffset: 0) {
        reason = flaw
      } else if let batch = try whole(header.size) {
        defer { position += Int64(header.size) }
        return .batch(batch, position: position)
      }
    }
    var surveyor = SegmentSurveyor(
      log, size: size, baseOffset: baseOffset, limit: nil, allowsGaps: true, knownGapEnds: [], epoch: { _ in nil })
    let start = position
    position = try surveyor.nextSound(after: position)?.position ?? size
    return .damage(start..<position, reason)
  }

  private func whole(_ size: Int) throws(FileError) -> RecordBatchSlice? {
    if buffer.count < size {
      buffer.deallocate()
      buffer = .allocate(byteCount: size, alignment: 16)
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(size))
    guard try log.files.read(log.handle, at: position, into: room) == size else { return nil }
    var reader = RecordBatchReader(UnsafeRawBufferPointer(room))
    do throws(RecordBatchError) {
      return try reader.next()
    } catch {
      return nil
    }
  }
}
