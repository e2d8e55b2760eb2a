import AgentCore

/// What an agent needs of a producer. Used by the agent's thread alone; what becomes of records is told to the
/// `DeliveryInbox` it was made with.
package protocol RecordProducer: AnyObject {
  /// Takes records from the front of `run`, as many as there is room for. Each that is taken is settled in the inbox
  /// later, once.
  func send(_ run: RecordRun) -> Taken

  /// Takes no more records and sends what it has for at most this long; calls back from any thread when no delivery will
  /// be told any more.
  func close(timeoutMilliseconds: Int64, _ done: @escaping @Sendable () -> Void)
}

/// How many records a producer took, and why not more.
package struct Taken: Equatable {
  package enum Rest: Equatable {
    /// It took all.
    case none
    /// There is no room for any record now. The inbox will be woken.
    case full
    /// There is no room for records of this topic now. The inbox will be woken.
    case topicNotReady
  }

  package var count: Int
  package var rest: Rest

  package init(count: Int, rest: Rest) {
    self.count = count
    self.rest = rest
  }
}
