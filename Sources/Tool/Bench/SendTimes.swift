/// When each record was to be sent, by its token: written by the sender before `send`, read once it is delivered.
final class SendTimes: @unchecked Sendable {
  private let times: UnsafeMutableBufferPointer<Int64>

  init(count: Int) {
    times = .allocate(capacity: count)
    times.initialize(repeating: 0)
  }

  deinit {
    times.deallocate()
  }

  /// Monotonic nanoseconds. What orders writing before reading is the producer, which hands the record from thread to
  /// thread in between.
  subscript(token: Int) -> Int64 {
    get { times[token] }
    set { times[token] = newValue }
  }
}
