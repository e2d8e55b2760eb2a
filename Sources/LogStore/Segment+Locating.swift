import Base
import Records

/// Where a batch lies.
@usableFromInline
struct BatchPlace: Sendable {
  @usableFromInline let position: Int64
  /// Bytes of the whole batch.
  @usableFromInline let size: Int
  @usableFromInline let baseOffset: Int64

  @inlinable
  init(position: Int64, size: Int, baseOffset: Int64) {
    self.position = position
    self.size = size
    self.baseOffset = baseOffset
  }
}

@usableFromInline
enum BatchLocation: Sendable {
  case found(BatchPlace)
  /// All batches of the segment lie before the offset.
  case absent
  case needsDisk
}

extension Segment {
  /// The open `.log`; nil when it must be opened, and this caller does not wait.
  @inlinable
  func openLog(_ cache: LogFileCache<Files>, waits: Bool) throws(FileError) -> LogFile<Files>? {
    if let file { return file }
    let path = path(.log)
    return waits ? try cache.file(path) : cache.openFile(path)
  }

  /// The first batch whose last offset is at least `offset`.
  @inlinable
  func locate(
    _ offset: Int64, in log: LogFile<Files>, cache: LogFileCache<Files>, waits: Bool
  ) throws(LogError) -> BatchLocation {
    if let recent = recent(holding: offset) {
      return .found(BatchPlace(position: recent.position, size: recent.size, baseOffset: recent.baseOffset))
    }
    let floor: IndexFloor<OffsetIndexEntry>
    do throws(FileError) {
      floor = try offsetFloor(cache, waits: waits) { [baseOffset] in baseOffset &+ Int64($0.relativeOffset) <= offset }
    } catch {
      throw .file(error)
    }
    switch floor {
    case .entry(let entry, _):
      let start = Int64(entry.position)
      let expected = baseOffset &+ Int64(entry.relativeOffset)
      if start >= 0, start < size {
        switch try walk(to: offset, from: start, firstLastOffset: expected, in: log, waits: waits) {
        case .location(let location): return location
        case .indexIsWrong: break
        }
      }
    case .none: return try walkAll(to: offset, in: log, waits: waits)
    case .needsDisk: return .needsDisk
    case .damaged: break
    }
    // Slow, but right; the index is made anew by `maintain`.
    guard waits else { return .needsDisk }
    cache.suspect(path(.offsetIndex))
    return try walkAll(to: offset, in: log, waits: waits)
  }

  @inlinable
  func walkAll(to offset: Int64, in log: LogFile<Files>, waits: Bool) throws(LogError) -> BatchLocation {
    switch try walk(to: offset, from: 0, firstLastOffset: nil, in: log, waits: waits) {
    case .location(let location): return location
    case .indexIsWrong: return .absent
    }
  }

  @usableFromInline
  enum Walk: Sendable {
    case location(BatchLocation)
    case indexIsWrong
  }

  /// Walks headers from `start` on. `firstLastOffset`: what the index promises of the first batch.
  @inlinable
  func walk(
    to offset: Int64, from start: Int64, firstLastOffset: Int64?, in log: LogFile<Files>, waits: Bool
  ) throws(LogError) -> Walk {
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { (buffer) throws(LogError) -> Walk in
      var reader = BatchReader(log, end: size, waits: waits, buffer: buffer)
      var position = start
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
          if position == start, let firstLastOffset, header.lastOffset != firstLastOffset { return .indexIsWrong }
          if header.lastOffset >= nextOffset
            || isSuspicious(header, at: position, expected: minimumOffset, start, firstLastOffset)
          {
            // Only who waits may look closer.
            guard waits else { return .location(.needsDisk) }
            throw corrupt(log, position, header, expected: minimumOffset)
          }
          if header.lastOffset >= offset {
            return .location(
              .found(BatchPlace(position: position, size: header.size, baseOffset: header.baseOffset)))
          }
          position &+= Int64(header.size)
          minimumOffset = header.nextOffset
        case .end: return .location(.absent)
        case .needsDisk: return .location(.needsDisk)
        case .damaged(let reason):
          if position == start, firstLastOffset != nil { return .indexIsWrong }
          guard waits else { return .location(.needsDisk) }
          throw .corrupt(log.path, position: position, reason: reason)
        }
      }
    }
  }

  /// Whether a batch that nobody verified yet does not begin where the one before it ends. `start`, `firstLastOffset`:
  /// where the walk began, and what the index vouches for there.
  @inlinable
  func isSuspicious(
    _ header: RecordBatchHeader, at position: Int64, expected: Int64, _ start: Int64, _ firstLastOffset: Int64?
  ) -> Bool {
    guard header.baseOffset != expected, let trust, firstLastOffset == nil || position != start else { return false }
    return trust.isSuspicious(at: position)
  }

  @usableFromInline
  func corrupt(
    _ log: LogFile<Files>, _ position: Int64, _ header: RecordBatchHeader, expected: Int64
  ) -> LogError {
    .corrupt(
      log.path, position: position,
      reason: "offsets \(header.baseOffset) to \(header.lastOffset) where \(expected) is expected and the segment ends "
        + "before \(nextOffset)")
  }

  @inlinable
  func offsetFloor(
    _ cache: LogFileCache<Files>, waits: Bool, _ isNotAbove: (OffsetIndexEntry) -> Bool
  ) throws(FileError) -> IndexFloor<OffsetIndexEntry> {
    if let first = offsetIndex.pending.first, isNotAbove(first) {
      return try offsetIndex.floor(in: nil as LogFile<Files>?, waits: waits, isNotAbove)
    }
    if offsetIndex.storedCount == 0 { return .none }
    guard let file = try indexFile(.offsetIndex, cache, waits: waits) else { return waits ? .damaged : .needsDisk }
    return try offsetIndex.floor(in: file, waits: waits, isNotAbove)
  }

  /// nil: it is not open, or (for a caller that waits) it is lost.
  @usableFromInline
  func indexFile(
    _ kind: SegmentName.Kind, _ cache: LogFileCache<Files>, waits: Bool
  ) throws(FileError) -> LogFile<Files>? {
    let path = path(kind)
    guard waits || file != nil else { return cache.openFile(path) }
    do throws(FileError) {
      return try cache.file(path)
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }
}
