import Base
import LogStore

extension Partition {
  /// Lets go of what retention no longer wants. Removing the files is background work.
  func applyRetention(now: Moment, effects: inout [BrokerEffect<Files>]) {
    let removal = state.withLock { state -> Result<SegmentRemoval<Files>?, LogError> in
      guard !state.isDeleted, state.log.failure == nil else { return .success(nil) }
      return Result { () throws(LogError) in
        try state.log.applyRetention(upTo: state.highWatermark, now: now.wall)
      }
    }
    finish(removal, key: "retention", &effects)
  }

  /// Writes what makes the next start quick.
  func checkpoint(now: Moment, effects: inout [BrokerEffect<Files>]) {
    let outcome = state.withLock { state -> Result<[String], LogError> in
      guard !state.isDeleted, state.log.failure == nil else { return .success([]) }
      return Result { () throws(LogError) in
        try state.log.checkpoint()
        return try state.log.maintain(now: now.wall)
      }
    }
    do throws(LogError) {
      for path in try outcome.get() {
        effects.append(.warning(key: "index", message: "\(path) did not fit its log and was made anew; check the disk"))
      }
    } catch {
      note(error)
      effects.append(.warning(key: "checkpoint", message: "\(id): \(error)"))
    }
  }

  /// For the checkpoints: all before `recoveryPoint` is synced, indexes included; all before `clean` is compacted.
  var checkpointOffsets: (recoveryPoint: Int64, logStart: Int64, clean: Int64)? {
    state.withLock { $0.isDeleted ? nil : ($0.log.recoveryPoint, $0.log.logStartOffset, $0.cleanOffset) }
  }

  /// Syncs and closes the log. Blocks. False when it was offline, so that nobody knows what the disk holds.
  func close(effects: inout [BrokerEffect<Files>]) throws(LogError) -> Bool {
    try state.withLock { (state) throws(LogError) in
      guard !state.isDeleted else { return true }
      guard state.log.failure == nil else { return false }
      let before = state.highWatermark
      try state.log.close()
      wake(&state, from: before, &effects)
      return true
    }
  }

  /// Gives the log up: whoever waits is told, and the directory gets a name that says so. nil when that was done before.
  func delete(unique: UUID, effects: inout [BrokerEffect<Files>]) throws(LogError) -> DirectoryRemoval<Files>? {
    try state.withLock { (state) throws(LogError) in
      guard !state.isDeleted else { return nil }
      state.isDeleted = true
      wakeAll(&state, &effects)
      guard ownsFiles else { return nil }
      return try state.log.delete(id, unique: unique)
    }
  }
}
