import Daemon
import Glibc
import Synchronization

/// Where the signal thread leaves what the main thread waits for.
final class SignalBox: Sendable {
  private let first = Mutex<String?>(nil)
  nonisolated(unsafe) private let arrived = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    sem_init(arrived, 0, 0)
  }

  deinit {
    sem_destroy(arrived)
    arrived.deallocate()
  }

  /// A second signal to end does not wait for the order that the first one asked for.
  func receive(_ signal: SignalWaiter.Signal) {
    let name: String
    switch signal {
    case .terminate: name = "SIGTERM"
    case .interrupt: name = "SIGINT"
    case .hangUp: return
    }
    let isSecond = first.withLock { first in
      defer { first = first ?? name }
      return first != nil
    }
    if isSecond { _exit(ExitStatus.failure.rawValue) }
    sem_post(arrived)
  }

  /// The signal, or nil when none came in time.
  func wait(milliseconds: Int64) -> String? {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    time.tv_sec += Int(milliseconds / 1000)
    time.tv_nsec += Int(milliseconds % 1000) * 1_000_000
    if time.tv_nsec >= 1_000_000_000 {
      time.tv_sec += 1
      time.tv_nsec -= 1_000_000_000
    }
    while sem_timedwait(arrived, &time) != 0 {
      if errno != EINTR { return nil }
    }
    return first.withLock { $0 }
  }
}
