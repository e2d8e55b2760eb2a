import Base

extension PartitionLog {
  @inlinable
  func mustRoll(adding bytes: Int, lastOffset: Int64, now: Int64) -> Bool {
    guard active.size > 0 else { return false }
    if active.size &+ Int64(bytes) > Int64(min(configuration.segmentBytes, Int(Int32.max))) { return true }
    if lastOffset &- active.baseOffset >= Int64(Int32.max) { return true }
    if let first = active.firstAppendTime, now &- first > configuration.segmentMilliseconds { return true }
    return active.offsetIndex.byteCount &+ OffsetIndexEntry.size > configuration.segmentIndexBytes
      || active.timeIndex.byteCount &+ TimeIndexEntry.size > configuration.segmentIndexBytes
  }

  /// Closes the active segment and begins a new one with `baseOffset`, which is not before the log's end. After an error
  /// the log goes on with the old one.
  @usableFromInline
  mutating func roll(to baseOffset: Int64, now: Int64) throws(LogError) {
    do throws(FileError) {
      active.addTimeIndexEntry()
      try active.writeIndexes(cache, all: true)
      try writeProducerSnapshot(at: baseOffset)
      var next = Segment<Files>(baseOffset: baseOffset, directory: directory, size: 0, lastAppendTime: now)
      next.file = try LogFile(next.path(.log), .replace, files: cache.files)
      nameChanges &+= 1
      seal(active)
      active = next
    } catch {
      throw .file(error)
    }
  }

  private mutating func seal(_ segment: Segment<Files>) {
    var segment = segment
    if let file = segment.file { cache.insert(file) }
    segment.file = nil
    segment.forgetRecents()
    sealed.append(segment)
  }

  /// Writes `<offset>.snapshot` without syncing it: one that a crash tears is recognized by its CRC, and an older one
  /// serves. Of those that lie at no segment's beginning only the newest stays.
  mutating func writeProducerSnapshot(at offset: Int64) throws(FileError) {
    let path = "\(directory)/\(SegmentName.file(offset, .producerSnapshot))"
    let content = ProducerSnapshot.encode(producerState)
    let file = try LogFile(path, .replace, files: cache.files)
    try cache.files.writeWhole(content, to: file.handle, at: 0)
    let bases = Set(sealed.map(\.baseOffset))
    for old in snapshots where old < offset && !bases.contains(old) && old != active.baseOffset {
      try removeIfPresent("\(directory)/\(SegmentName.file(old, .producerSnapshot))")
    }
    snapshots.removeAll { $0 < offset && !bases.contains($0) && $0 != active.baseOffset || $0 == offset }
    snapshots.append(offset)
  }

  func removeIfPresent(_ path: String) throws(FileError) {
    do throws(FileError) {
      try cache.files.remove(path)
    } catch {
      guard error.isNotFound else { throw error }
    }
  }
}
