import Glibc

/// Turns signals into calls on a thread of their own, where anything may be done.
public struct SignalWaiter: Sendable {
  public enum Signal: Sendable {
    /// SIGTERM: end in order.
    case terminate
    /// SIGINT: Ctrl-C.
    case interrupt
    /// SIGHUP: the terminal went away, or somebody asks for a reload.
    case hangUp
  }

  private init() {}

  private static func signals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
    return signals
  }

  /// Holds SIGTERM, SIGINT and SIGHUP back for this thread and those it starts, and ignores SIGPIPE. To be called
  /// first in `main`, before any other thread runs. Child processes inherit both: a parent spawns them with
  /// `POSIX_SPAWN_SETSIGMASK` and `POSIX_SPAWN_SETSIGDEF`.
  public static func block() -> SignalWaiter {
    signal(SIGPIPE, SIG_IGN)
    var signals = signals()
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    return SignalWaiter()
  }

  /// Calls `handler` for each signal from now on, one at a time; those that came since `block` come first.
  public func start(_ handler: @escaping @Sendable (Signal) -> Void) {
    startThread(name: "signals") {
      var signals = Self.signals()
      while true {
        var number: Int32 = 0
        guard sigwait(&signals, &number) == 0 else { continue }
        switch number {
        case SIGTERM: handler(.terminate)
        case SIGINT: handler(.interrupt)
        default: handler(.hangUp)
        }
      }
    }
  }
}
