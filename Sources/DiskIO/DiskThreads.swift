import Glibc
import Synchronization

/// A few threads for what may wait for a disk: flushes, cold reads, removals. Work begins in the order it was given.
/// Whoever gives it bounds how much: the queue takes everything.
public final class DiskThreads: Sendable {
  private struct State {
    var queue: [@Sendable () -> Void] = []
    /// Of the first piece of work in `queue` that nobody took.
    var head = 0
    var isStopping = false
    var threads: [pthread_t] = []
  }

  /// What the threads themselves hold, so that they do not keep `DiskThreads` alive.
  private final class Shared: Sendable {
    let state = Mutex(State())
    /// One count for each piece of work, and one for each thread when it shall end.
    nonisolated(unsafe) let available = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
      sem_init(available, 0, 0)
    }

    deinit {
      sem_destroy(available)
      available.deallocate()
    }

    func next() -> (@Sendable () -> Void)? {
      while sem_wait(available) != 0 {}
      return state.withLock { state in
        guard state.head < state.queue.count else { return nil }
        let work = state.queue[state.head]
        state.head += 1
        if state.head == state.queue.count {
          state.queue.removeAll(keepingCapacity: state.head <= 1024)
          state.head = 0
        } else if state.head >= 1024, state.head * 2 >= state.queue.count {
          state.queue.removeFirst(state.head)
          state.head = 0
        }
        return work
      }
    }

    func work() {
      while let work = next() { work() }
    }
  }

  private let shared = Shared()

  /// `count`: at least 1. With several, flushes of different files share the disk's journal.
  public init(count: Int) {
    let shared = shared
    shared.state.withLock { state in
      for _ in 0..<max(count, 1) { state.threads.append(Self.start(shared)) }
    }
  }

  deinit {
    stop()
  }

  /// False once `stop` was called; the work is not done then.
  @discardableResult
  public func run(_ work: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = shared.state.withLock { state in
      if state.isStopping { return false }
      state.queue.append(work)
      return true
    }
    if isTaken { sem_post(shared.available) }
    return isTaken
  }

  /// Takes no more work, finishes what it has and returns when the threads have ended. Not to be called from them.
  public func stop() {
    let threads = shared.state.withLock { state in
      state.isStopping = true
      defer { state.threads = [] }
      return state.threads
    }
    for _ in threads { sem_post(shared.available) }
    for thread in threads { pthread_join(thread, nil) }
  }

  private static func start(_ shared: Shared) -> pthread_t {
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Shared>.fromOpaque(context).takeRetainedValue().work()
        return nil
      }, Unmanaged.passRetained(shared).toOpaque())
    precondition(result == 0, "cannot start a disk thread: \(String(cString: strerror(result)))")
    return thread
  }
}
