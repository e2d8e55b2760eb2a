import ClientCore
import Synchronization

/// The accumulator of a producer, between those who send and the event loop.
final class SharedAccumulator: Sendable {
  let lock: Mutex<RecordAccumulator>
  /// Those who wait in `waitUntilWritable`.
  let waiters = Mutex<[CheckedContinuation<Void, Never>]>([])

  init(_ accumulator: RecordAccumulator) {
    lock = Mutex(accumulator)
  }

  func wakeWaiters() {
    let waiting = waiters.withLock { waiters in
      defer { waiters = [] }
      return waiters
    }
    for waiter in waiting { waiter.resume() }
  }
}
