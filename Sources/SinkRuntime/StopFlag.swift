import Base
import Daemon
import Synchronization

/// Whether, and since when, the sink is asked to end.
package final class StopFlag: Sendable {
  private let since = Mutex<Int64?>(nil)

  package init() {}

  package func set() {
    since.withLock { $0 = $0 ?? systemClock().monotonic }
  }

  package var isSet: Bool { since.withLock { $0 != nil } }

  /// Whether it was asked so many milliseconds ago or more.
  package func isSet(forMilliseconds milliseconds: Int64) -> Bool {
    guard let since = since.withLock({ $0 }) else { return false }
    return (systemClock().monotonic - since) / 1_000_000 >= milliseconds
  }
}
