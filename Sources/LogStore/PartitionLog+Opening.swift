import Base
import Records

extension PartitionLog {
  /// Opens the log in `directory`, which is created when it is missing. Blocks while it reads. What was found damaged
  /// and cut is told by `recovery`; it throws only where the file system does. Write the recovery point checkpoint
  /// afterwards, before appending, as after `truncate`.
  ///
  /// - Parameters:
  ///   - recoveryPoint: from the checkpoint; what follows it is verified unless `wasCleanlyShutDown`. 0 where unknown.
  ///   - logStartOffset: from the checkpoint; a new log begins with it. nil where it is damaged: then the leader epochs
  ///     tell where the log begins.
  ///   - wasCleanlyShutDown: the data directory had its `CleanShutdownMarker`.
  ///   - pagesSurvived: the machine has not restarted since the log was last written to, so that all of it is there:
  ///     damage is no torn write, and what lies behind it is kept. Where that is not known, the log ends at the first
  ///     damage behind the recovery point, as what follows was never promised to anybody.
  public init(
    opening directory: String, configuration: LogConfiguration, cache: LogFileCache<Files>, recoveryPoint: Int64,
    logStartOffset: Int64?, wasCleanlyShutDown: Bool, pagesSurvived: Bool = false, now: Int64
  ) throws(LogError) {
    self.init(
      directory: directory, configuration: configuration, cache: cache, start: max(logStartOffset ?? 0, 0), now: now)
    do throws(FileError) {
      try cache.files.createDirectory(directory)
      var names = try cache.files.list(directory)
      let verifiedUpTo = wasCleanlyShutDown ? Int64.max : max(recoveryPoint, 0)
      var recovery = LogRecovery(
        directory: directory, configuration: configuration, cache: cache, recoveryPoint: verifiedUpTo,
        pagesSurvived: pagesSurvived || wasCleanlyShutDown)
      try recovery.removeLeftovers(names)
      if try recovery.finishReplacements(names) { names = try cache.files.list(directory) }
      try recovery.readLeaderEpochs()
      try recovery.findSegments(names, now: now)
      try recovery.recoverSegments()
      try adopt(
        &recovery, recoveryPoint: wasCleanlyShutDown ? .max : max(recoveryPoint, 0),
        knowsLogStart: logStartOffset != nil, now: now)
      if recoveryPoint > logEndOffset {
        self.recovery.mendedFiles.append(
          "\(directory): it ends with offset \(logEndOffset), although all before \(recoveryPoint) was on the disk; the "
            + "records between are lost")
      }
      if names.contains(Self.truncationMark) { try finishTruncation() }
    } catch {
      throw .file(error)
    }
  }

  private mutating func adopt(
    _ recovery: inout LogRecovery<Files>, recoveryPoint: Int64, knowsLogStart: Bool, now: Int64
  ) throws(FileError) {
    guard let first = recovery.segments.first, let last = recovery.segments.last, last.nextOffset >= logStartOffset
    else {
      // Nothing there, or nothing that may still be read.
      try recovery.removeSegments(from: 0)
      self.recovery = recovery.report
      let isNew = recovery.snapshots.isEmpty && recovery.report.removedSegments.isEmpty
      snapshots = recovery.snapshots
      try begin(at: logStartOffset, now: now)
      if !isNew { try cache.files.syncDirectory(directory) }
      return
    }
    sealed = recovery.segments.dropLast()
    active = last
    if !knowsLogStart, !recovery.mustRebuildEpochs, let start = recovery.leaderEpochs.entries.first?.startOffset,
      start <= last.nextOffset
    {
      // Where records were deleted, the first leader epoch begins behind them.
      logStartOffset = start
    }
    logStartOffset = max(logStartOffset, first.baseOffset)
    self.recoveryPoint = min(recoveryPoint, logEndOffset)
    durableEndOffset = self.recoveryPoint
    indexedEndOffset = self.recoveryPoint
    leaderEpochs = recovery.leaderEpochs
    snapshots = recovery.snapshots
    let epochsFit = recovery.mustRebuildEpochs ? true : try leaderEpochsFit(wasCut: recovery.report.truncatedBytes > 0)
    if !epochsFit {
      recovery.report.mendedFiles.append(
        "\(directory)/\(LeaderEpochs.fileName): it does not fit the log; made anew from it")
      recovery.mustRebuildEpochs = true
    }
    if recovery.mustRebuildEpochs { try rebuildLeaderEpochs(&recovery.report) }
    recovery.knownEpochs.set(leaderEpochs)
    _ = leaderEpochs.truncate(from: logEndOffset)
    _ = leaderEpochs.truncate(before: logStartOffset)
    if leaderEpochs != recovery.storedEpochs { epochChanges &+= 1 }
    // Names that an earlier process left unsynced.
    if recoveryPoint < logEndOffset { nameChanges &+= 1 }
    let snapshotCount = snapshots.count
    try loadProducers(&recovery.report, now: now)
    self.recovery = recovery.report
    // What was removed must not come back beside what is appended next.
    if !recovery.report.removedSegments.isEmpty || snapshots.count != snapshotCount {
      try cache.files.syncDirectory(directory)
    }
  }

  /// The first, empty segment of a log.
  mutating func begin(at offset: Int64, now: Int64) throws(FileError) {
    sealed = []
    active = Segment(baseOffset: offset, directory: directory, size: 0, lastAppendTime: now)
    active.file = try LogFile(active.path(.log), .replace, files: cache.files)
    logStartOffset = offset
    durableEndOffset = offset
    recoveryPoint = offset
    indexedEndOffset = offset
    nameChanges &+= 1
    if !leaderEpochs.entries.isEmpty {
      leaderEpochs = LeaderEpochs()
      epochChanges &+= 1
    }
    producerState = ProducerState()
    for snapshot in snapshots {
      try removeIfPresent("\(directory)/\(SegmentName.file(snapshot, .producerSnapshot))")
    }
    snapshots = []
  }

  /// Walks the headers of all batches that end behind `offset`. Returns what is wrong with the first that cannot be
  /// read; what is damaged is left out.
  func forEachHeader(from offset: Int64, _ visit: (RecordBatchHeader) -> Void) throws(FileError) -> String? {
    var flaw: String?
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 16)
    defer { buffer.deallocate() }
    for segment in sealed + [active] where segment.nextOffset > offset && segment.size > 0 {
      guard let log = try segment.openLog(cache, waits: true) else { continue }
      var position: Int64 = 0
      do throws(LogError) {
        if case .found(let place) = try segment.locate(offset, in: log, cache: cache, waits: true) {
          position = place.position
        }
      } catch {
        flaw = flaw ?? error.description
        continue
      }
      var reader = BatchReader(log, end: segment.size, waits: true, buffer: buffer)
      var minimumOffset = segment.baseOffset
      walk: while true {
        switch try reader.step(at: position, minimumOffset: minimumOffset) {
        case .batch(let header):
          visit(header)
          position += Int64(header.size)
          minimumOffset = header.nextOffset
        case .damaged(let reason):
          flaw = flaw ?? "\(log.path): byte \(position): \(reason)"
          var surveyor = SegmentSurveyor(
            log, size: segment.size, baseOffset: segment.baseOffset, limit: nil, allowsGaps: true, knownGapEnds: [],
            epoch: { _ in nil })
          guard let next = try surveyor.nextSound(after: position) else { break walk }
          position = next.position
          minimumOffset = min(minimumOffset, next.header.baseOffset)
        case .end, .needsDisk: break walk
        }
      }
    }
    return flaw
  }
}
