import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func describeGroups(
    _ context: RequestContext, _ request: DescribeGroupsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = DescribeGroupsResponse()
    // Each once, or a short request could ask for a very long answer.
    var names: Set<String> = []
    response.groups = request.groups.filter { names.insert($0).inserted }.map { groupID in
      let description = broker.groups.shard(of: groupID)?.read { $0.describe(groupID) } ?? nil
      return DescribeGroupsResponse.DescribedGroup(groupID, description, version: context.version)
    }
    return try reply(context, response)
  }
}

extension DescribeGroupsResponse.DescribedGroup {
  fileprivate init(_ groupID: String, _ description: GroupDescription?, version: Int16) {
    self.init()
    self.groupID = groupID
    guard let description else {
      // Older clients take a group that does not exist for one that is dead (KIP-1043).
      groupState = GroupState.dead.rawValue
      if version >= 6 {
        errorCode = .groupIDNotFound
        errorMessage = "group \(groupID) is not a classic group"
      }
      return
    }
    groupState = description.state.rawValue
    protocolType = description.protocolType
    protocolData = description.protocolName
    members = description.members.map { member in
      var described = DescribeGroupsResponse.DescribedGroupMember()
      described.memberID = member.member.memberID
      described.groupInstanceID = member.member.instanceID
      described.clientID = member.clientID
      described.clientHost = member.clientHost
      described.memberMetadata = member.metadata
      described.memberAssignment = member.assignment
      return described
    }
    rebalances = description.rebalances.map { DescribeGroupsResponse.Rebalance($0) }
  }
}

extension DescribeGroupsResponse.Rebalance {
  init(_ cause: RebalanceCause) {
    self.init()
    timestampMs = cause.timestamp
    generationID = cause.generation
    memberID = cause.member.memberID
    groupInstanceID = cause.member.instanceID
    clientID = cause.clientID
    clientHost = cause.clientHost
    self.cause = cause.kind.rawValue
    clientReason = cause.clientReason
  }
}
