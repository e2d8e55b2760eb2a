import Base
import Records

extension LogRecovery {
  /// Sets a segment to the end of the last batch before the recovery point that its index names and its log confirms, or
  /// to its beginning, and cuts the index files to what belongs to that.
  func trustIndexes(
    _ segment: inout Segment<Files>, _ log: LogFile<Files>, fileSize: Int64
  ) throws(FileError) {
    let trusted = try trustedEntries(segment, log, fileSize: fileSize)
    segment.rewind()
    if let trusted {
      segment.size = Int64(trusted.entry.position) + Int64(trusted.header.size)
      segment.nextOffset = trusted.header.nextOffset
      segment.bytesSinceIndexEntry = trusted.header.size
      segment.offsetIndex = SparseIndex(storedCount: trusted.count, last: trusted.entry)
      segment.timeIndex = SparseIndex(storedCount: trusted.timeCount, last: trusted.time)
      segment.largest = TimestampedOffset(
        timestamp: trusted.time.timestamp, offset: segment.baseOffset + Int64(trusted.time.relativeOffset))
    }
    try cut(segment.path(.offsetIndex), to: segment.offsetIndex.byteCount)
    try cut(segment.path(.timeIndex), to: segment.timeIndex.byteCount)
  }

  private struct Trusted {
    var entry: OffsetIndexEntry
    var count: Int
    var header: RecordBatchHeader
    var time: TimeIndexEntry
    var timeCount: Int
  }

  private func trustedEntries(
    _ segment: Segment<Files>, _ log: LogFile<Files>, fileSize: Int64
  ) throws(FileError) -> Trusted? {
    guard let offsetBytes = try indexSize(segment, .offsetIndex), let timeBytes = try indexSize(segment, .timeIndex),
      offsetBytes >= OffsetIndexEntry.size, timeBytes >= TimeIndexEntry.size
    else { return nil }
    let offsets = SparseIndex<OffsetIndexEntry>(storedCount: offsetBytes / OffsetIndexEntry.size, last: nil)
    let times = SparseIndex<TimeIndexEntry>(storedCount: timeBytes / TimeIndexEntry.size, last: nil)
    let base = segment.baseOffset
    let limit = recoveryPoint
    guard
      let found = try last(
        of: offsets, segment.path(.offsetIndex),
        where: {
          $0.relativeOffset >= 0 && $0.position >= 0 && base + Int64($0.relativeOffset) < limit
        }), let header = try confirm(found.entry, of: segment, log, fileSize: fileSize),
      let time = try last(
        of: times, segment.path(.timeIndex),
        where: {
          $0.timestamp >= 0 && $0.relativeOffset >= 0 && $0.relativeOffset <= found.entry.relativeOffset
        })
    else { return nil }
    return Trusted(
      entry: found.entry, count: found.number + 1, header: header, time: time.entry, timeCount: time.number + 1)
  }

  /// The last entry of the first part of an index that is wanted and grows as it should. Reads all of that.
  private func last<Entry>(
    of index: SparseIndex<Entry>, _ path: String, where isWanted: (Entry) -> Bool
  ) throws(FileError) -> (entry: Entry, number: Int)? {
    let block = 4096
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: block * Entry.size, alignment: 8)
    defer { buffer.deallocate() }
    let file = try cache.file(path)
    var found: (entry: Entry, number: Int)?
    for start in stride(from: 0, to: index.storedCount, by: block) {
      let range = start..<min(start + block, index.storedCount)
      guard let count = try SparseIndex<Entry>.read(file, range, waits: true, buffer) else { return found }
      for number in 0..<count {
        let entry = Entry(reading: UnsafeRawBufferPointer(buffer), at: number * Entry.size)
        guard isWanted(entry), found.map({ entry.follows($0.entry) }) ?? true else { return found }
        found = (entry, start + number)
      }
    }
    return found
  }

  /// The header the entry points to, if it is a batch that ends with the entry's offset.
  private func confirm(
    _ entry: OffsetIndexEntry, of segment: Segment<Files>, _ log: LogFile<Files>, fileSize: Int64
  ) throws(FileError) -> RecordBatchHeader? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: RecordBatchHeader.size, alignment: 8)
    defer { buffer.deallocate() }
    var reader = BatchReader(log, end: fileSize, waits: true, buffer: buffer)
    let step = try reader.step(at: Int64(entry.position), minimumOffset: segment.baseOffset)
    guard case .batch(let header) = step, header.lastOffset == segment.baseOffset + Int64(entry.relativeOffset) else {
      return nil
    }
    return header
  }

  private func cut(_ path: String, to size: Int) throws(FileError) {
    guard let status = try cache.files.status(path: path), status.size != Int64(size) else { return }
    try cache.files.truncate(cache.file(path).handle, to: Int64(size))
  }
}
