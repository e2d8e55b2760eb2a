import Base
import Synchronization

final class SettableClock: Sendable {
  private let moment = Mutex(Moment(monotonic: 0, wall: 0))

  var now: Moment { moment.withLock { $0 } }

  func set(monotonic: Int64) { moment.withLock { $0.monotonic = monotonic } }
}
