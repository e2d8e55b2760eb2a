import Base
import KafkaProtocol

extension ClassicGroup {
  /// Handles a Heartbeat request.
  mutating func heartbeat(
    _ member: GroupMemberIdentity, generation: Int32, _ context: GroupContext
  ) -> ErrorCode {
    if state == .dead { return .coordinatorNotAvailable }
    if consumer?.isEmpty == false { return heartbeatConsumers(member, generation: generation, context) }
    let error = self.error(for: member)
    guard error == .none else { return error }
    guard generation == self.generation else { return .illegalGeneration }
    switch state {
    case .empty, .dead: return .unknownMemberID
    case .preparingRebalance:
      restartSession(member.memberID, context)
      return .rebalanceInProgress
    case .completingRebalance, .stable:
      restartSession(member.memberID, context)
      return .none
    }
  }

  /// Handles a LeaveGroup request.
  mutating func leave(_ leaving: [LeavingMember], _ request: GroupRequestID, _ context: inout GroupContext) {
    guard state != .dead else {
      return context.reply(.leave(LeaveGroupReply(error: .coordinatorNotAvailable)), to: request)
    }
    if consumer?.isEmpty == false { return leaveConsumers(leaving, request, &context) }
    var answer = LeaveGroupReply()
    var first: RebalanceCause?
    var hasAnyLeft = false
    for one in leaving {
      let (error, left) = remove(one, &context)
      answer.members.append(LeaveGroupReply.Member(one.member, error: error))
      if error == .none { hasAnyLeft = true }
      if let left, first == nil { first = cause(.memberLeft, left, context, reason: one.reason) }
    }
    let earlier = lastAppend
    if let first {
      rebalanceOrComplete(first, &context)
    } else if hasAnyLeft {
      completeJoinIfAllJoined(&context)
    }
    if let lastAppend, lastAppend != earlier {
      context.hold(.leave(answer), to: request, until: lastAppend)
    } else {
      context.reply(.leave(answer), to: request)
    }
  }

  private mutating func remove(
    _ leaving: LeavingMember, _ context: inout GroupContext
  ) -> (error: ErrorCode, member: ClassicGroupMember?) {
    var memberID = leaving.member.memberID
    if memberID.isEmpty {
      guard let instanceID = leaving.member.instanceID, let current = staticMembers[instanceID] else {
        return (.unknownMemberID, nil)
      }
      memberID = current
    } else if pendingMembers[memberID] != nil {
      remove(memberID)
      return (.none, nil)
    } else {
      let error = self.error(for: leaving.member)
      guard error == .none else { return (error, nil) }
    }
    guard let member = members[memberID] else { return (.unknownMemberID, nil) }
    answerUnknown(member, &context)
    remove(memberID)
    return (.none, member)
  }
}
