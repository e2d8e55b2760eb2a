import Base
import LogStore

extension Partition {
  /// Why nothing can be read or written; nil while it can.
  public var failure: String? { state.withLock { $0.log.failure } }

  /// The log takes no calls any more, and whoever waits is told. False when that was so before.
  func takeOffline(_ reason: String, _ effects: inout [BrokerEffect<Files>]) -> Bool {
    state.withLock { state in
      guard !state.isDeleted, state.log.failure == nil else { return false }
      state.log.takeOffline(reason)
      wakeAll(&state, &effects)
      return true
    }
  }

  /// Takes note of what a write met: a full disk, or one that fails.
  func note(_ error: LogError) {
    if case .file(let error) = error { directory.note(error) }
  }
}
