/// How a `SinkWorker` works.
package struct WorkerOptions: Sendable {
  /// Milliseconds from the first record taken to the flush.
  package var flushInterval: Int64

  /// Milliseconds between two tries to write, or to commit.
  package var retryInterval: Int64

  package init(flushInterval: Int64, retryInterval: Int64 = 1000) {
    self.flushInterval = flushInterval
    self.retryInterval = retryInterval
  }
}
