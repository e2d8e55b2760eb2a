import Base

extension PartitionLog {
  /// Compaction of the rolled segments that lie wholly before `limit` (the high watermark), are synced and are older
  /// than `min.compaction.lag.ms`; nil when it is not worth it yet, by `min.cleanable.dirty.ratio` and
  /// `max.compaction.lag.ms`. Past the latter the active segment is rolled, so that a later call takes it in.
  ///
  /// - Parameter cleanOffset: where the last pass ended (`OffsetCheckpoint.cleanOffsets`); 0 where unknown.
  public mutating func compaction(
    cleanOffset: Int64, upTo limit: Int64, now: Int64
  ) throws(LogError) -> Compaction<Files>? {
    try checkUsable()
    guard configuration.compacts else { return nil }
    let longestLag = max(
      configuration.maximumCompactionLagMilliseconds, configuration.minimumCompactionLagMilliseconds)
    let overdue = now.subtractingClamped(longestLag)
    if active.size > 0, (active.firstAppendTime ?? active.lastAppendTime) < overdue {
      try roll(to: logEndOffset, now: now)
    }
    let end = min(limit, durableEndOffset)
    let youngest = now.subtractingClamped(configuration.minimumCompactionLagMilliseconds)
    let waits = configuration.minimumCompactionLagMilliseconds > 0
    let segments = Array(sealed.prefix { $0.nextOffset <= end && (!waits || $0.lastAppendTime <= youngest) })
    let dirty = segments.filter { $0.nextOffset > cleanOffset }
    let dirtyBytes = dirty.reduce(0) { $0 + $1.size }
    let allBytes = segments.reduce(0) { $0 + $1.size }
    guard dirtyBytes > 0 else { return nil }
    let isOverdue = dirty.contains { ($0.firstAppendTime ?? $0.lastAppendTime) < overdue }
    guard isOverdue || Double(dirtyBytes) >= configuration.minimumCleanableDirtyRatio * Double(allBytes) else {
      return nil
    }
    return Compaction(
      segments: segments, firstDirtyOffset: max(cleanOffset, logStartOffset),
      lastOffsetsOfProducers: producerState.lastOffsets, configuration: configuration, cache: cache,
      truncations: truncations, now: now)
  }

  /// Puts a compacted segment in the place of the old ones. That is one rename, and a start that comes in between finds
  /// the old files or finishes it (see `LogRecovery.finishReplacements`). nil where the log has changed meanwhile, by
  /// truncation or retention; what was written is the caller's to discard then. Run what is returned without the lock.
  public mutating func adopt(
    _ replacement: CompactionReplacement<Files>
  ) throws(LogError) -> SegmentRemoval<Files>? {
    try adopt(replacement, written: CompactionWriter<Files>.suffix)
  }

  /// - Parameter suffix: under which the new segment was written.
  mutating func adopt(
    _ replacement: CompactionReplacement<Files>, written suffix: String
  ) throws(LogError) -> SegmentRemoval<Files>? {
    try checkUsable()
    guard replacement.truncations == truncations, let range = range(of: replacement) else { return nil }
    var removal = SegmentRemoval(files: cache.files)
    let path = replacement.segment.path(.log)
    do throws(FileError) {
      // From here on it is certain to happen.
      try cache.files.rename(path + suffix, to: path + LogRecovery<Files>.replacementSuffix)
    } catch {
      throw .file(error)
    }
    do throws(FileError) {
      try replace(range, with: replacement.segment, &removal)
    } catch {
      failure = "replacing compacted segments failed: \(error)"
      throw .file(error)
    }
    return removal
  }

  /// Whether what a pass knows is still so: the log was not truncated since it began.
  public func confirms(_ result: CompactionResult) -> Bool {
    result.isComplete && result.truncations == truncations
  }

  /// Where the replaced segments stand now; nil when they are not all there any more.
  private func range(of replacement: CompactionReplacement<Files>) -> Range<Int>? {
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
    do throws(FileError) {
      try segment.writeIndexes(cache, all: true)
    } catch {
      // The records are in place and the entries in memory; a start makes the files anew.
      indexFailure = error
    }
    sealed[range.lowerBound] = segment
  }
}
