import Base
import Records

/// Reads the batches of a rolled segment one after another, whole. Waits for the disk.
final class SegmentBatches<Files: FileSystem> {
  private static var chunkSize: Int { 1 << 20 }

  private let log: LogFile<Files>
  private let end: Int64
  private var minimumOffset: Int64
  private var buffer: UnsafeMutableRawBufferPointer
  /// Where the next batch begins: in the file, and in the buffer.
  private var position: Int64 = 0
  private var start = 0
  private var count = 0

  init(_ segment: Segment<Files>, cache: LogFileCache<Files>) throws(LogError) {
    log = try segment.log(cache)
    end = segment.size
    minimumOffset = segment.baseOffset
    buffer = .allocate(byteCount: Self.chunkSize, alignment: 16)
  }

  deinit {
    buffer.deallocate()
  }

  /// The next batch, valid until the next call; nil at the end of the segment.
  func next() throws(LogError) -> RecordBatchSlice? {
    if position >= end { return nil }
    try load(RecordBatchHeader.size)
    guard let header = RecordBatchHeader(reading: UnsafeRawBufferPointer(rebasing: buffer[start..<count])) else {
      throw corrupt("\(end - position) bytes are no batch")
    }
    if let flaw = BatchReader<Files>.flaw(header, room: end - position, minimumOffset: minimumOffset) {
      throw corrupt(flaw)
    }
    try load(header.size)
    let batch = try whole(UnsafeRawBufferPointer(rebasing: buffer[start..<start + header.size]))
    position += Int64(header.size)
    start += header.size
    minimumOffset = header.nextOffset
    return batch
  }

  private func whole(_ bytes: UnsafeRawBufferPointer) throws(LogError) -> RecordBatchSlice {
    var reader = RecordBatchReader(bytes)
    do throws(RecordBatchError) {
      if let batch = try reader.next() { return batch }
    } catch {
      throw corrupt("\(error)")
    }
    throw corrupt("the batch is cut off")
  }

  /// Makes `size` bytes available from `start` on.
  private func load(_ size: Int) throws(LogError) {
    if count - start >= size { return }
    guard Int64(size) <= end - position else { throw corrupt("\(end - position) bytes are no batch") }
    let kept = count - start
    if buffer.count < size {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<count]))
      buffer.deallocate()
      buffer = larger
    } else if kept > 0 {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[start..<count])
      UnsafeMutableRawBufferPointer(rebasing: buffer[0..<kept]).copyMemory(from: rest)
    }
    start = 0
    count = kept
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[kept..<Int(min(Int64(buffer.count), end - position))])
    do throws(FileError) {
      count += try log.files.read(log.handle, at: position + Int64(kept), into: room)
    } catch {
      throw .file(error)
    }
    guard count >= size else { throw corrupt("the file ends before byte \(end)") }
  }

  private func corrupt(_ reason: String) -> LogError { .corrupt(log.path, position: position, reason: reason) }
}
