import Base
import Records

extension Segment {
  /// As `offsetFloor`, in the time index.
  func timeFloor(
    _ cache: LogFileCache<Files>, _ isNotAbove: (TimeIndexEntry) -> Bool
  ) throws(LogError) -> IndexFloor<TimeIndexEntry> {
    do throws(FileError) {
      if let first = timeIndex.pending.first, isNotAbove(first) {
        return try timeIndex.floor(in: nil as LogFile<Files>?, waits: true, isNotAbove)
      }
      if timeIndex.storedCount == 0 { return .none }
      return try timeIndex.floor(in: indexFile(.timeIndex, cache, waits: true), waits: true, isNotAbove)
    } catch {
      throw .file(error)
    }
  }

  /// The largest timestamp, as far as it is known or the time index tells. Waits.
  func knownLargest(_ cache: LogFileCache<Files>) throws(LogError) -> TimestampedOffset? {
    if let largest { return largest }
    return try storedLargest(cache)
  }

  /// The largest timestamp as the time index of a rolled segment has it and the log confirms it; nil when there is
  /// none, or the index is damaged. Waits.
  func storedLargest(_ cache: LogFileCache<Files>) throws(LogError) -> TimestampedOffset? {
    switch try timeFloor(cache, { _ in true }) {
    case .none, .needsDisk: return nil
    case .damaged:
      cache.suspect(path(.timeIndex))
      return nil
    case .entry(let entry, _):
      guard let (header, position) = try confirmed(entry, cache) else { return nil }
      return try largest(from: TimestampedOffset(header), at: position, cache)
    }
  }

  /// An index that lost its end would miss what follows: usually there is next to nothing behind the last entry, so
  /// looking is cheap.
  private func largest(
    from known: TimestampedOffset, at position: Int64, _ cache: LogFileCache<Files>
  ) throws(LogError) -> TimestampedOffset {
    var largest = known
    _ = try firstBatch(from: position, in: log(cache)) { header in
      if header.maxTimestamp > largest.timestamp { largest = TimestampedOffset(header) }
      return false
    }
    if largest != known { cache.suspect(path(.timeIndex)) }
    return largest
  }

  /// The batch a time index entry names, if it has that timestamp. Waits.
  func confirmed(
    _ entry: TimeIndexEntry, _ cache: LogFileCache<Files>
  ) throws(LogError) -> (header: RecordBatchHeader, position: Int64)? {
    let offset = baseOffset &+ Int64(entry.relativeOffset)
    let log = try log(cache)
    if entry.relativeOffset >= 0, case .found(let place) = try locate(offset, in: log, cache: cache, waits: true),
      let header = try header(at: place.position, in: log), header.maxTimestamp == entry.timestamp,
      header.lastOffset == offset
    {
      return (header, place.position)
    }
    cache.suspect(path(.timeIndex))
    return nil
  }

  func log(_ cache: LogFileCache<Files>) throws(LogError) -> LogFile<Files> {
    if let file { return file }
    do throws(FileError) {
      return try cache.file(path(.log))
    } catch {
      throw .file(error)
    }
  }

  private func header(at position: Int64, in log: LogFile<Files>) throws(LogError) -> RecordBatchHeader? {
    try firstBatch(from: position, in: log) { _ in true }?.header
  }

  /// The first batch from `position` on that `isWanted`. Waits.
  func firstBatch(
    from position: Int64, in log: LogFile<Files>, _ isWanted: (RecordBatchHeader) -> Bool
  ) throws(LogError) -> (header: RecordBatchHeader, position: Int64)? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
    defer { buffer.deallocate() }
    var reader = BatchReader(log, end: size, waits: true, buffer: buffer)
    var position = position
    var minimumOffset = baseOffset
    while true {
      let step: BatchReader<Files>.Step
      do throws(FileError) {
        step = try reader.step(at: position, minimumOffset: minimumOffset)
      } catch {
        throw .file(error)
      }
      switch step {
      case .batch(let header):
        if header.lastOffset >= nextOffset { throw corrupt(log, position, header, expected: minimumOffset) }
        if isWanted(header) { return (header, position) }
        position += Int64(header.size)
        minimumOffset = header.nextOffset
      case .end, .needsDisk: return nil
      case .damaged(let reason): throw .corrupt(log.path, position: position, reason: reason)
      }
    }
  }
}

extension TimestampedOffset {
  init(_ header: RecordBatchHeader) {
    self.init(timestamp: header.maxTimestamp, offset: header.lastOffset, leaderEpoch: header.partitionLeaderEpoch)
  }
}
