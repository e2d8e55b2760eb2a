import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func leaveGroup(_ context: RequestContext, _ request: LeaveGroupRequest) throws(ProtocolError) -> RequestProgress {
    guard let shard = broker.groups.shard(of: request.groupID) else {
      return try reply(context, LeaveGroupResponse(LeaveGroupReply(error: .notCoordinator), version: context.version))
    }
    let leaving = request.leavingMembers(version: context.version)
    return ask(
      shard, context, refusal: nil,
      respond: { answer throws(ProtocolError) in
        guard case .leave(let left) = answer else { return nil }
        return try context.frame(LeaveGroupResponse(left, version: context.version))
      },
      { $0.leave(request.groupID, leaving, request: $1, now: context.now) })
  }
}

extension LeaveGroupRequest {
  /// One member before version 3, any number from then on (KIP-345).
  fileprivate func leavingMembers(version: Int16) -> [LeavingMember] {
    if version < 3 { return [LeavingMember(GroupMemberIdentity(memberID: memberID))] }
    return members.map {
      LeavingMember(GroupMemberIdentity(memberID: $0.memberID, instanceID: $0.groupInstanceID), reason: $0.reason)
    }
  }
}

extension LeaveGroupResponse {
  fileprivate init(_ answer: LeaveGroupReply, version: Int16) {
    self.init()
    errorCode = answer.error
    guard version >= 3 else {
      if errorCode == .none, let member = answer.members.first { errorCode = member.error }
      return
    }
    members = answer.members.map { member in
      var left = MemberResponse()
      left.memberID = member.member.memberID
      left.groupInstanceID = member.member.instanceID
      left.errorCode = member.error
      return left
    }
  }
}
