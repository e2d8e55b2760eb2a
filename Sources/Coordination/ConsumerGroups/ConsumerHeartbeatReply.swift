import KafkaProtocol

/// The answer to a ConsumerGroupHeartbeat request.
public struct ConsumerHeartbeatReply: Sendable, Hashable {
  public var error: ErrorCode
  public var message: String?
  public var memberID: String?
  public var epoch: Int32
  public var heartbeatIntervalMs: Int32
  /// What the member may read, where that has changed or it may not know.
  public var assignment: PartitionSet?

  public init(
    memberID: String?, epoch: Int32, heartbeatIntervalMs: Int32 = 0, assignment: PartitionSet? = nil
  ) {
    error = .none
    self.memberID = memberID
    self.epoch = epoch
    self.heartbeatIntervalMs = heartbeatIntervalMs
    self.assignment = assignment
  }

  public init(error: ErrorCode, _ message: String? = nil) {
    self.error = error
    self.message = message
    epoch = 0
    heartbeatIntervalMs = 0
  }
}
