import Synchronization

/// The leader epochs of a log as its start found them, for all who verify what was written before.
final class KnownEpochs: Sendable {
  private let epochs = Mutex(LeaderEpochs())

  func set(_ value: LeaderEpochs) { epochs.withLock { $0 = value } }

  /// nil where it is not known.
  func epoch(at offset: Int64) -> Int32? { epochs.withLock { $0.epoch(at: offset) } }
}
