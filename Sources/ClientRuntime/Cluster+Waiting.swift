import ClientCore
import NIOCore

extension Cluster {
  /// Looks after each change of the metadata whether `condition` has come to a result, and tells it once.
  ///
  /// - Parameters:
  ///   - done: gets `.unreachable` when time runs out while no broker answers, else what `late` says, else `.timedOut`.
  ///   - late: why time may have run out.
  func wait<Value>(
    milliseconds: Int64, _ done: @escaping (Result<Value, ClientError>) -> Void,
    late: @escaping (Cluster) -> ClientError? = { _ in nil },
    until condition: @escaping (Cluster) -> Result<Value, ClientError>?
  ) {
    if let result = condition(self) { return done(result) }
    var timer: Scheduled<Void>?
    var observer: Int?
    // Both the timer and the observer lead here; the first one ends the other.
    let finish = { (result: Result<Value, ClientError>) in
      guard let registered = observer else { return }
      self.removeObserver(registered)
      observer = nil
      timer?.cancel()
      done(result)
    }
    observer = addObserver {
      if case .closed? = self.metadataFailure?.reason { return finish(.failure(ClientError(.closed))) }
      if let result = condition(self) { finish(result) }
    }
    timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
      let isReachable = self.cache.version > 0 && self.metadataFailure == nil
      let error = isReachable ? late(self) : self.unreachable
      finish(.failure(error ?? ClientError(.timedOut(milliseconds: milliseconds), api: .metadata)))
    }
  }
}
