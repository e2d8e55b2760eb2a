import Base
import KafkaProtocol

/// What a `GroupMembership` wants done. Answers go to the method each names.
public enum GroupEffect: Sendable {
  /// `coordinatorFound`
  case findCoordinator
  /// `joined`, with the same number
  case join(JoinGroupRequest, number: UInt64)
  /// `counted`, with the same number
  case countPartitions([String], number: UInt64)
  /// `synced`, with the same number
  case sync(SyncGroupRequest, number: UInt64)
  /// `heartbeatAnswered`, with the same number
  case heartbeat(HeartbeatRequest, number: UInt64)
  /// `left`
  case leave(LeaveGroupRequest)
  /// Tell the owner; then `listenerDone`.
  case revoke([TopicPartition])
  /// Tell the owner; then `listenerDone`.
  case lose([TopicPartition])
  /// Tell the owner and begin to read; then `listenerDone`.
  case assign([TopicPartition])
  case notice(ClientNotice)
  /// Nothing more comes: the membership is over for this reason.
  case fail(ClientError)
  /// Nothing more comes: the membership ended in order.
  case closed
}
