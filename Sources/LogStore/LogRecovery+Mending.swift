import Base
import Records

extension LogRecovery {
  /// Whether damage found behind the sound part of `segment` is no torn write: what lies there was synced, or cannot
  /// have been torn, and there are sound batches behind it.
  func mayMend(
    _ segment: Segment<Files>, _ log: LogFile<Files>, fileSize: Int64, expectedEnd: Int64?,
    isEpochOnly: Bool
  ) throws(FileError) -> Bool {
    guard pagesSurvived || segment.nextOffset < recoveryPoint else { return false }
    if expectedEnd != nil || isEpochOnly { return true }
    var surveyor = SegmentSurveyor(
      log, size: fileSize, baseOffset: segment.baseOffset, limit: nil, allowsGaps: configuration.compacts,
      knownGapEnds: knownGapEnds, epoch: { _ in nil })
    return try surveyor.nextSound(after: segment.size) != nil
  }

  /// The segment without what is damaged in it, which is moved to files beside it.
  mutating func mended(
    _ found: Segment<Files>, fileSize: Int64, expectedEnd: Int64?
  ) throws(FileError) -> Segment<Files> {
    var whole = Segment<Files>(
      baseOffset: found.baseOffset, directory: directory, size: fileSize, lastAppendTime: found.lastAppendTime)
    whole.nextOffset = expectedEnd ?? .max
    let mending = SegmentMending(
      segment: whole, limit: expectedEnd, allowsGaps: configuration.compacts,
      indexInterval: configuration.indexIntervalBytes, epochs: leaderEpochs, cache: cache, truncations: 0)
    let result: SegmentMendingResult<Files>
    do throws(LogError) {
      result = try mending.run()
    } catch {
      if case .file(let error) = error { throw error }
      throw FileError(operation: "mend", path: whole.path(.log), code: 5, reason: error.description)
    }
    report.mendedFiles += result.notes
    if result.epochsDisagree { mustRebuildEpochs = true }
    report.verifiedBytes += fileSize
    if let replacement = result.replacement {
      try install(replacement)
      whole.size = replacement.size
    }
    var segment = try rescanned(whole)
    segment.firstAppendTime = segment.size > 0 ? segment.lastAppendTime : nil
    segment.addTimeIndexEntry()
    try segment.writeIndexes(cache, all: true)
    segment.forgetRecents()
    segment.nextOffset = expectedEnd ?? segment.nextOffset
    return segment
  }

  /// The segment as its file has it now; what leader epochs there are behind the damage is noted.
  private mutating func rescanned(_ whole: Segment<Files>) throws(FileError) -> Segment<Files> {
    var segment = whole
    let log = try cache.file(whole.path(.log))
    segment.rewind()
    var epochs = leaderEpochs
    _ = try segment.scan(
      log, to: whole.size, verifies: false, allowsGaps: true, indexInterval: configuration.indexIntervalBytes
    ) { header in
      if header.partitionLeaderEpoch > epochs.latest {
        _ = epochs.assign(header.partitionLeaderEpoch, at: header.baseOffset)
      }
    }
    leaderEpochs = epochs
    return segment
  }

  /// Gives the mended segment its name, as `finishReplacements` would.
  private func install(_ segment: Segment<Files>) throws(FileError) {
    let path = segment.path(.log)
    try cache.files.rename(path + SegmentMending<Files>.suffix, to: path + Self.replacementSuffix)
    try cache.files.syncDirectory(directory)
    for kind in [SegmentName.Kind.offsetIndex, .timeIndex] {
      cache.forget(segment.path(kind))
      if try cache.files.status(path: segment.path(kind)) != nil { try cache.files.remove(segment.path(kind)) }
    }
    try cache.files.rename(path + Self.replacementSuffix, to: path)
    cache.forget(path)
    try cache.files.syncDirectory(directory)
  }
}
