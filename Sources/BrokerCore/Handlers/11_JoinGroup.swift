import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func joinGroup(_ context: RequestContext, _ request: JoinGroupRequest) throws(ProtocolError) -> RequestProgress {
    let refusal = JoinGroupReply(error: .notCoordinator, memberID: request.memberID)
    guard let shard = broker.groups.shard(of: request.groupID) else {
      return try reply(context, JoinGroupResponse(refusal, version: context.version))
    }
    let parameters = JoinGroupParameters(request, context)
    return ask(
      shard, context, refusal: .join(refusal),
      respond: { answer throws(ProtocolError) in
        guard case .join(let joined) = answer else { return nil }
        return try context.frame(JoinGroupResponse(joined, version: context.version))
      },
      { $0.join(parameters, request: $1, now: context.now) })
  }
}

extension JoinGroupParameters {
  fileprivate init(_ request: JoinGroupRequest, _ context: RequestContext) {
    self.init(
      groupID: request.groupID,
      member: GroupMemberIdentity(memberID: request.memberID, instanceID: request.groupInstanceID),
      clientID: context.header.clientID ?? "", clientHost: "/\(context.host)",
      sessionTimeoutMs: request.sessionTimeoutMs, rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      protocolType: request.protocolType,
      protocols: request.protocols.map { GroupProtocol(name: $0.name, metadata: $0.metadata) },
      reason: request.reason, requiresKnownMemberID: context.version >= 4,
      supportsSkippingAssignment: context.version >= 9)
  }
}

extension JoinGroupResponse {
  fileprivate init(_ answer: JoinGroupReply, version: Int16) {
    self.init()
    errorCode = answer.error
    generationID = answer.generation
    protocolType = answer.protocolType
    // It could not be null before version 7.
    protocolName = answer.protocolName ?? (version < 7 ? "" : nil)
    leader = answer.leaderID
    skipAssignment = version >= 9 && answer.skipAssignment
    memberID = answer.memberID
    members = answer.members.map { member in
      var joined = JoinGroupResponseMember()
      joined.memberID = member.member.memberID
      joined.groupInstanceID = member.member.instanceID
      joined.metadata = member.metadata
      return joined
    }
  }
}
