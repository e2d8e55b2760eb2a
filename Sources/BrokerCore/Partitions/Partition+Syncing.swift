import Base
import LogStore

extension Partition {
  /// Has everything appended so far synced, by a run of `sync` that begins after this call.
  func requestSync(_ state: inout State, _ effects: inout [BrokerEffect<Files>]) {
    state.flush.reset()
    switch state.syncPhase {
    case .idle:
      state.syncPhase = .queued
      effects.append(.sync(self))
    case .running: state.syncPhase = .runningAndAsked
    case .queued, .runningAndAsked: break
    }
  }

  /// Asks for a sync of what is not synced; what `flush: os` leaves to the kernel gets a bound that way.
  func syncInBackground(effects: inout [BrokerEffect<Files>]) {
    state.withLock { state in
      if !state.isDeleted, state.log.failure == nil, state.log.needsSync { requestSync(&state, &effects) }
    }
  }

  /// Asks for a sync of records that `flush.ms` wants synced by now.
  func syncWhatIsDue(now: Moment, effects: inout [BrokerEffect<Files>]) {
    state.withLock { state in
      if !state.isDeleted, state.log.failure == nil, state.flush.isDue(now: now) { requestSync(&state, &effects) }
    }
  }

  /// Carries out `BrokerEffect.sync`. Blocks for a flush of the disk, without the lock. Never runs twice at once.
  public func sync(effects: inout [BrokerEffect<Files>]) {
    let target = state.withLock { state -> Result<SyncTarget<Files>?, LogError> in
      state.syncPhase = .running
      guard !state.isDeleted else { return .success(nil) }
      return Result { () throws(LogError) in try state.log.syncTarget() }
    }
    var failure: FileError?
    do throws(LogError) {
      if let target = try target.get() {
        do throws(FileError) {
          try target.run()
          state.withLock { finishSync(target, &$0, &effects) }
        } catch {
          failure = error
        }
      }
    } catch {
      if case .file(let error) = error {
        failure = error
      } else {
        failure = FileError(operation: "sync", path: id.description, code: 0, reason: error.description)
      }
    }
    if let failure { directory.note(failure) }
    state.withLock { state in
      if let failure, !state.isDeleted {
        state.log.didFailToSync(failure)
        wakeAll(&state, &effects)
        effects.append(
          .warning(
            key: "sync", message: "\(id) is offline: \(failure); mend the disk and restart the broker"))
      }
      let isAskedAgain = state.syncPhase == .runningAndAsked
      state.syncPhase = .idle
      if isAskedAgain { requestSync(&state, &effects) }
    }
  }

  private func finishSync(
    _ target: SyncTarget<Files>, _ state: inout State, _ effects: inout [BrokerEffect<Files>]
  ) {
    guard !state.isDeleted else { return }
    let before = state.highWatermark
    state.log.didSync(target)
    wake(&state, from: before, &effects)
  }
}
