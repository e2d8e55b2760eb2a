import Base

extension PartitionLog {
  /// What must be synced to make all records so far durable, and what the last `checkpoint` wrote; nil when all is.
  public mutating func syncTarget() throws(LogError) -> SyncTarget<Files>? {
    try checkUsable()
    guard needsSync else { return nil }
    let hasNewNames = nameChanges != syncedNameChanges
    let hasNewEpochs = epochChanges != syncedEpochChanges
    let hasNewIndexes = recoveryPoint < indexedEndOffset
    return SyncTarget(
      endOffset: logEndOffset, file: active.size > 0 && durableEndOffset < logEndOffset ? try activeFile() : nil,
      paths: sealed.filter { $0.nextOffset > durableEndOffset }.map { $0.path(.log) }
        + (hasNewIndexes ? unsyncedIndexes() : []),
      directory: hasNewNames ? directory : nil,
      leaderEpochs: hasNewEpochs ? ("\(directory)/\(LeaderEpochs.fileName)", leaderEpochs.content) : nil,
      cache: cache, recoveryPoint: hasNewIndexes ? indexedEndOffset : nil, truncations: truncations,
      nameChanges: nameChanges, epochChanges: epochChanges)
  }

  private func unsyncedIndexes() -> [String] {
    var paths = sealed.filter { $0.nextOffset > recoveryPoint }.flatMap {
      [$0.path(.offsetIndex), $0.path(.timeIndex)]
    }
    if active.offsetIndex.storedCount > 0 { paths.append(active.path(.offsetIndex)) }
    if active.timeIndex.storedCount > 0 { paths.append(active.path(.timeIndex)) }
    return paths
  }

  /// `target.run()` succeeded.
  public mutating func didSync(_ target: SyncTarget<Files>) {
    // What was truncated and appended again since then is not what was synced.
    guard target.truncations == truncations else { return }
    durableEndOffset = max(durableEndOffset, target.endOffset)
    if let point = target.recoveryPoint { recoveryPoint = max(recoveryPoint, point) }
    if target.directory != nil { syncedNameChanges = max(syncedNameChanges, target.nameChanges) }
    if target.leaderEpochs != nil { syncedEpochChanges = max(syncedEpochChanges, target.epochChanges) }
  }

  /// `target.run()` failed. The kernel forgets what it could not write, so what the disk holds is unknown from here on:
  /// the log goes offline until it is opened, and verified, again.
  public mutating func didFailToSync(_ error: FileError) {
    failure = error.description
  }

  /// Writes what makes the next start quick (index entries, a producer snapshot), without syncing: `syncTarget` covers
  /// it from here on, and `recoveryPoint` moves when that is done. Call it every minute or so, then sync, then write the
  /// checkpoint files.
  public mutating func checkpoint() throws(LogError) {
    try checkUsable()
    do throws(FileError) {
      try active.writeIndexes(cache)
      indexFailure = nil
      indexedEndOffset = logEndOffset
      if snapshots.last != logEndOffset, producerState.count > 0 || !snapshots.isEmpty {
        try writeProducerSnapshot(at: logEndOffset)
      }
    } catch {
      throw .file(error)
    }
  }

  /// Writes and syncs everything; afterwards opening with `wasCleanlyShutDown` reads next to nothing. Blocks. The log
  /// takes no calls any more, whether this succeeds or not.
  public mutating func close() throws(LogError) {
    try checkUsable()
    do throws(LogError) {
      active.addTimeIndexEntry()
      try checkpoint()
      if let target = try syncTarget() {
        do throws(FileError) {
          try target.run()
        } catch {
          throw .file(error)
        }
        didSync(target)
      }
      release()
      failure = "it was closed"
    } catch {
      failure = "closing it failed: \(error)"
      throw error
    }
  }

  /// Lets go of every open file.
  mutating func release() {
    active.file = nil
    for segment in sealed + [active] {
      for kind in SegmentName.Kind.allCases { cache.forget(segment.path(kind)) }
    }
  }
}
