import Base

extension PartitionLog {
  /// How to mend the segment that an error of `LogError.corrupt` names; nil where it is not there any more. One that is
  /// appended to is rolled first.
  public mutating func mending(ofFile path: String, now: Int64) throws(LogError) -> SegmentMending<Files>? {
    try checkUsable()
    guard path.parentDirectory == directory, let name = SegmentName.parse(path.lastPathComponent) else { return nil }
    if name.baseOffset == active.baseOffset, active.size > 0 { try roll(to: logEndOffset, now: now) }
    guard let index = sealed.firstIndex(where: { $0.baseOffset == name.baseOffset }) else { return nil }
    return SegmentMending(
      segment: sealed[index], limit: sealed[index].nextOffset, allowsGaps: configuration.compacts,
      indexInterval: configuration.indexIntervalBytes, epochs: leaderEpochs, cache: cache, truncations: truncations)
  }

  /// Puts the mended segment in the place of the old one. Where the log has changed meanwhile, by truncation or
  /// retention, what was written is dropped. Run what is returned without the lock.
  public mutating func adopt(_ result: SegmentMendingResult<Files>) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    if result.epochsDisagree { try mendLeaderEpochs() }
    guard let segment = result.replacement else { return SegmentRemoval(files: cache.files) }
    let replacement = CompactionReplacement<Files>(
      baseOffsets: [result.baseOffset], sizes: [result.size], segment: segment, truncations: result.truncations)
    if let removal = try adopt(replacement, written: SegmentMending<Files>.suffix) { return removal }
    do throws(FileError) {
      try removeIfPresent(segment.path(.log) + SegmentMending<Files>.suffix)
    } catch {
      throw .file(error)
    }
    return SegmentRemoval(files: cache.files)
  }

  private mutating func mendLeaderEpochs() throws(LogError) {
    var report = RecoveryReport()
    do throws(FileError) {
      try rebuildLeaderEpochs(&report)
    } catch {
      throw .file(error)
    }
    _ = leaderEpochs.truncate(before: logStartOffset)
    epochChanges &+= 1
  }
}
