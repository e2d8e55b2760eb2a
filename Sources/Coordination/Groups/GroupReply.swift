import KafkaProtocol

/// The answer to a request that had to wait.
public enum GroupReply: Sendable, Hashable {
  case join(JoinGroupReply)
  case sync(SyncGroupReply)
  case leave(LeaveGroupReply)
  /// One error for each offset of the request, in its order.
  case offsetCommit([ErrorCode])
  case delete(ErrorCode)
  case consumerHeartbeat(ConsumerHeartbeatReply)
  case offsetDelete(OffsetDeleteReply)

  /// Whether it says anything of what the members have, which more appends than its own may have changed.
  var restsOnGroup: Bool {
    switch self {
    case .join, .sync, .leave, .consumerHeartbeat: true
    case .offsetCommit, .delete, .offsetDelete: false
    }
  }

  /// The same answer when it turns out that its records could not be kept.
  func failed(with error: ErrorCode) -> GroupReply {
    switch self {
    case .join(let answer): .join(JoinGroupReply(error: error, memberID: answer.memberID))
    case .sync: .sync(SyncGroupReply(error: error))
    case .leave: .leave(LeaveGroupReply(error: error))
    case .offsetCommit(let errors): .offsetCommit(errors.map { $0 == .none ? error : $0 })
    case .delete: .delete(error)
    case .consumerHeartbeat: .consumerHeartbeat(ConsumerHeartbeatReply(error: error))
    case .offsetDelete: .offsetDelete(OffsetDeleteReply(error: error))
    }
  }
}
