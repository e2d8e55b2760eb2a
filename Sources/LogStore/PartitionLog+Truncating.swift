import Base
import Records

extension PartitionLog {
  /// Removes the records from `offset` on; a batch that holds it goes whole, so look at `logEndOffset` afterwards. A
  /// follower's call: what was acknowledged never lies there. Write the recovery point checkpoint afterwards, before
  /// appending: an old one would vouch for records that are yet to come. Blocks for flushes of the disk, or a power loss could mix
  /// what was removed with what is appended next.
  public mutating func truncate(to offset: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    if offset >= logEndOffset { return SegmentRemoval(files: cache.files) }
    if offset <= logStartOffset || offset < (sealed.first?.baseOffset ?? active.baseOffset) {
      return try reset(to: max(offset, 0), now: now)
    }
    var removal = SegmentRemoval(files: cache.files)
    do throws(LogError) {
      try markTruncation()
      while active.baseOffset > offset, !sealed.isEmpty {
        try letGo(of: active, &removal)
        active = sealed.removeLast()
      }
      // Before the next cut, or a power loss could leave a hole.
      try syncDirectory()
      try cutActive(to: offset)
      if logEndOffset < logStartOffset {
        // The batch that was cut began before the start.
        try removal.add(reset(to: logStartOffset, now: now))
        try unmarkTruncation()
        return removal
      }
      truncations &+= 1
      durableEndOffset = min(durableEndOffset, logEndOffset)
      recoveryPoint = min(recoveryPoint, logEndOffset)
      indexedEndOffset = min(indexedEndOffset, logEndOffset)
      if leaderEpochs.truncate(from: logEndOffset) { epochChanges &+= 1 }
      try reloadProducers(now: now)
      // Snapshots that are gone must not come back beside what is appended next.
      try syncDirectory()
      try unmarkTruncation()
    } catch {
      failure = "truncating it to \(offset) failed: \(error)"
      throw error
    }
    return removal
  }

  /// Removes all records; the log begins and ends with `offset`. Blocks as `truncate` does.
  public mutating func reset(to offset: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    var removal = SegmentRemoval(files: cache.files)
    do throws(LogError) {
      active.file = nil
      try letGo(of: active, &removal)
      while let segment = sealed.popLast() { try letGo(of: segment, &removal) }
      truncations &+= 1
      do throws(FileError) {
        try begin(at: offset, now: now)
      } catch {
        throw .file(error)
      }
      try syncDirectory()
    } catch {
      failure = "resetting it to \(offset) failed: \(error)"
      throw error
    }
    return removal
  }

  /// A file that lies there during a truncation. Should the process be killed before what was cut is gone for good, the
  /// next start syncs the cut first, or a power loss after that could bring old records back behind new ones.
  static var truncationMark: String { "truncation-under-way" }

  private func markTruncation() throws(LogError) {
    do throws(FileError) {
      _ = try LogFile("\(directory)/\(Self.truncationMark)", .replace, files: cache.files)
      try cache.files.syncDirectory(directory)
    } catch {
      throw .file(error)
    }
  }

  private func unmarkTruncation() throws(LogError) {
    do throws(FileError) {
      try removeIfPresent("\(directory)/\(Self.truncationMark)")
    } catch {
      throw .file(error)
    }
  }

  /// What a start does that finds the mark.
  func finishTruncation() throws(FileError) {
    try cache.files.sync(cache.file(active.path(.log)).handle)
    try cache.files.syncDirectory(directory)
    try removeIfPresent("\(directory)/\(Self.truncationMark)")
  }

  private func syncDirectory() throws(LogError) {
    do throws(FileError) {
      try cache.files.syncDirectory(directory)
    } catch {
      throw .file(error)
    }
  }

  private mutating func cutActive(to offset: Int64) throws(LogError) {
    if active.size == 0 { return }
    let log = try active.log(cache)
    let location = try active.locate(offset, in: log, cache: cache, waits: true)
    let position: Int64
    if case .found(let place) = location { position = place.position } else { position = active.size }
    do throws(FileError) {
      try cache.files.truncate(log.handle, to: position)
      try cache.files.sync(log.handle)
      try active.writeIndexes(cache)
      var recovery = LogRecovery(
        directory: directory, configuration: configuration, cache: cache, recoveryPoint: offset, pagesSurvived: false)
      let appendTimes = (active.firstAppendTime, active.lastAppendTime)
      let file = active.file
      var segment = active
      segment.size = position
      segment.file = nil
      if try recovery.recover(&segment, expectedEnd: nil) == false || !recovery.report.isClean {
        throw FileError(
          operation: "truncate", path: log.path, code: 5, reason: recovery.report.mendedFiles.joined(separator: "; "))
      }
      segment.firstAppendTime = segment.size > 0 ? appendTimes.0 : nil
      segment.lastAppendTime = appendTimes.1
      segment.file = file
      active = segment
    } catch {
      throw .file(error)
    }
  }

  private mutating func reloadProducers(now: Int64) throws(LogError) {
    do throws(FileError) {
      var report = RecoveryReport()
      try loadProducers(&report, now: now)
    } catch {
      throw .file(error)
    }
  }
}
