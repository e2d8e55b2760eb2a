import Synchronization

/// What can be synced, for example a partition with its log.
public protocol SyncSource: AnyObject, Sendable {
  var syncState: SyncState { get }
  /// Syncs all that was written up to now (take the target under the lock, run it without, hand it back). Called on a
  /// disk thread, never twice at once.
  func sync()
}

/// Whether a source's sync is asked for or under way.
public final class SyncState: Sendable {
  enum Phase: Sendable {
    case idle, queued, running, runningAndAsked
  }

  let phase = Mutex(Phase.idle)

  public init() {}
}

/// Group commit: however many ask for a source's sync while one runs, the next one answers them all.
public final class SyncScheduler: Sendable {
  private let threads: DiskThreads

  public init(threads: DiskThreads) {
    self.threads = threads
  }

  /// Returns at once; everything written before this call is covered by a `sync` that begins after it. False when the
  /// threads have stopped.
  @discardableResult
  public func request(_ source: some SyncSource) -> Bool {
    let mustQueue = source.syncState.phase.withLock { phase in
      switch phase {
      case .idle:
        phase = .queued
        return true
      case .running: phase = .runningAndAsked
      case .queued, .runningAndAsked: break
      }
      return false
    }
    return mustQueue ? queue(source) : true
  }

  private func queue(_ source: some SyncSource) -> Bool {
    threads.run { [self] in
      // Asked again, it goes behind the others, so that a busy source does not starve them; right away where the threads
      // take nothing more.
      while run(source), !queue(source) {}
    }
  }

  /// Whether it was asked for again meanwhile.
  private func run(_ source: some SyncSource) -> Bool {
    source.syncState.phase.withLock { $0 = .running }
    source.sync()
    return source.syncState.phase.withLock { phase in
      defer { phase = phase == .runningAndAsked ? .queued : .idle }
      return phase == .runningAndAsked
    }
  }
}
