import Base

extension PartitionLog {
  /// Compaction of the rolled segments that lie wholly before `limit` (the high watermark) and are synced; nil when it
  /// is not worth it yet, by `minimumCleanableDirtyRatio`.
  ///
  /// - Parameter cleanOffset: where the last pass ended (`OffsetCheckpoint.cleanOffsets`); 0 where unknown.
  public func compaction(cleanOffset: Int64, upTo limit: Int64, now: Int64) throws(LogError) -> Compaction<Files>? {
    try checkUsable()
    guard configuration.compacts else { return nil }
    let end = min(limit, durableEndOffset)
    let segments = Array(sealed.prefix { $0.nextOffset <= end })
    let dirty = segments.filter { $0.nextOffset > cleanOffset }.reduce(0) { $0 + $1.size }
    let total = segments.reduce(0) { $0 + $1.size }
    guard dirty > 0, Double(dirty) >= configuration.minimumCleanableDirtyRatio * Double(total) else { return nil }
    return Compaction(
      segments: segments, firstDirtyOffset: max(cleanOffset, logStartOffset),
      lastOffsetsOfProducers: producerState.lastOffsets, configuration: configuration, cache: cache,
      truncations: truncations, now: now)
  }

  /// Puts the compacted segments in the place of the old ones. Each replacement is one rename, and a start that comes in
  /// between finds the old files or finishes it (see `LogRecovery.finishReplacements`). Where the log has changed
  /// meanwhile, by truncation or retention, what was written for that part is dropped. Run what is returned without the
  /// lock.
  public mutating func adopt(_ result: CompactionResult<Files>) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    var removal = SegmentRemoval(files: cache.files)
    do throws(FileError) {
      guard result.truncations == truncations else {
        try result.discard(cache.files)
        return removal
      }
      for replacement in result.replacements {
        if let range = range(of: replacement) {
          try replace(range, with: replacement.segment, &removal)
        } else {
          try removeIfPresent(replacement.segment.path(.log) + CompactionWriter<Files>.suffix)
        }
      }
    } catch {
      failure = "replacing compacted segments failed: \(error)"
      throw .file(error)
    }
    return removal
  }

  /// Where the replaced segments stand now; nil when they are not all there any more.
  private func range(of replacement: CompactionResult<Files>.Replacement) -> Range<Int>? {
    guard let first = replacement.baseOffsets.first, let start = sealed.firstIndex(where: { $0.baseOffset == first })
    else { return nil }
    let end = start + replacement.baseOffsets.count
    guard end <= sealed.count, sealed[start..<end].map(\.baseOffset) == replacement.baseOffsets,
      sealed[start..<end].map(\.size) == replacement.sizes
    else { return nil }
    return start..<end
  }

  private mutating func replace(
    _ range: Range<Int>, with segment: Segment<Files>, _ removal: inout SegmentRemoval<Files>
  ) throws(FileError) {
    var segment = segment
    let path = segment.path(.log)
    // From here on it is certain to happen.
    try cache.files.rename(path + CompactionWriter<Files>.suffix, to: path + LogRecovery<Files>.replacementSuffix)
    try cache.files.syncDirectory(directory)
    for old in sealed[range].dropFirst() {
      removal.baseOffsets.append(old.baseOffset)
      removal.byteCount += old.size
      try letGo(of: old, kinds: SegmentName.Kind.allCases, &removal)
    }
    try letGo(of: segment, kinds: [.offsetIndex, .timeIndex], &removal)
    try cache.files.rename(path + LogRecovery<Files>.replacementSuffix, to: path)
    cache.forget(path)
    sealed.replaceSubrange(range, with: [segment])
    nameChanges &+= 1
    try segment.writeIndexes(cache, all: true)
    sealed[range.lowerBound] = segment
  }
}
