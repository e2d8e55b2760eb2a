import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func syncGroup(_ context: RequestContext, _ request: SyncGroupRequest) throws(ProtocolError) -> RequestProgress {
    let refusal = SyncGroupReply(error: .notCoordinator)
    guard let shard = broker.groups.shard(of: request.groupID) else {
      return try reply(context, SyncGroupResponse(refusal))
    }
    // Clients have to say them from version 5 on (KIP-559).
    if context.version >= 5, request.protocolType == nil || request.protocolName == nil {
      return try reply(context, SyncGroupResponse(SyncGroupReply(error: .inconsistentGroupProtocol)))
    }
    let parameters = SyncGroupParameters(request)
    return ask(
      shard, context, refusal: .sync(refusal),
      respond: { answer throws(ProtocolError) in
        guard case .sync(let synced) = answer else { return nil }
        return try context.frame(SyncGroupResponse(synced))
      },
      { $0.sync(parameters, request: $1, now: context.now) })
  }
}

extension SyncGroupParameters {
  fileprivate init(_ request: SyncGroupRequest) {
    self.init(
      groupID: request.groupID,
      member: GroupMemberIdentity(memberID: request.memberID, instanceID: request.groupInstanceID),
      generation: request.generationID, protocolType: request.protocolType, protocolName: request.protocolName,
      assignments: Dictionary(request.assignments.map { ($0.memberID, $0.assignment) }, uniquingKeysWith: { $1 }))
  }
}

extension SyncGroupResponse {
  fileprivate init(_ answer: SyncGroupReply) {
    self.init()
    errorCode = answer.error
    protocolType = answer.protocolType
    protocolName = answer.protocolName
    assignment = answer.assignment
  }
}
