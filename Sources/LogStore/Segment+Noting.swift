import Base
import Records

extension Segment {
  /// Notes a batch that lies at the end of the `.log` now, in the order of Kafka's own segments: the index entry, when
  /// one is due, names this batch and the largest timestamp up to it.
  @inlinable
  mutating func note(_ header: RecordBatchHeader, indexInterval: Int) {
    let lastOffset = header.lastOffset
    if largest.map({ header.maxTimestamp > $0.timestamp }) ?? true {
      largest = TimestampedOffset(
        timestamp: header.maxTimestamp, offset: lastOffset, leaderEpoch: header.partitionLeaderEpoch)
    }
    if bytesSinceIndexEntry > indexInterval {
      addIndexEntry(lastOffset: lastOffset)
      bytesSinceIndexEntry = 0
    }
    noteRecent(
      Recent(baseOffset: header.baseOffset, nextOffset: lastOffset &+ 1, position: size, size: header.size))
    bytesSinceIndexEntry &+= header.size
    size &+= Int64(header.size)
    nextOffset = lastOffset &+ 1
  }

  @inlinable
  mutating func addIndexEntry(lastOffset: Int64) {
    guard let position = Int32(exactly: size), let relative = Int32(exactly: lastOffset &- baseOffset) else { return }
    offsetIndex.append(OffsetIndexEntry(relativeOffset: relative, position: position))
    addTimeIndexEntry()
  }

  @inlinable
  mutating func addTimeIndexEntry() {
    guard let largest, largest.timestamp >= 0, let relative = Int32(exactly: largest.offset &- baseOffset) else {
      return
    }
    timeIndex.append(TimeIndexEntry(timestamp: largest.timestamp, relativeOffset: relative))
  }

  @inlinable var indexesNeedWrite: Bool { offsetIndex.needsWrite || timeIndex.needsWrite }

  /// Appends the pending entries to the index files. `all`: the files are made even where there is nothing to write,
  /// as a rolled segment has both.
  @usableFromInline
  mutating func writeIndexes(_ cache: LogFileCache<Files>, all: Bool = false) throws(FileError) {
    try Self.write(&offsetIndex, path(.offsetIndex), cache, creates: all)
    try Self.write(&timeIndex, path(.timeIndex), cache, creates: all)
  }

  private static func write<Entry>(
    _ index: inout SparseIndex<Entry>, _ path: String, _ cache: LogFileCache<Files>, creates: Bool
  ) throws(FileError) {
    if index.pending.isEmpty, index.storedCount > 0 || !creates { return }
    let file: LogFile<Files>
    if index.storedCount == 0 {
      // Whatever lies there is not of this segment.
      cache.forget(path)
      file = try LogFile(path, .replace, files: cache.files)
      cache.insert(file)
    } else {
      file = try cache.file(path)
    }
    if index.pending.isEmpty { return }
    try cache.files.writeWhole(index.encodedPending(), to: file.handle, at: Int64(index.storedCount * Entry.size))
    index.didWritePending()
  }
}

extension FileSystem {
  func writeWhole(_ bytes: [UInt8], to file: File, at offset: Int64) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try write(file, at: offset, UnsafeRawBufferPointer(bytes), UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }
}
