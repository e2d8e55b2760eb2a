import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  private static var classicType: String { "classic" }
  private static var consumerType: String { "consumer" }

  func listGroups(_ context: RequestContext, _ request: ListGroupsRequest) throws(ProtocolError) -> RequestProgress {
    var response = ListGroupsResponse()
    let types = Set(request.typesFilter.map { $0.lowercased() })
    for shard in broker.groups.shards {
      for group in shard.read({ $0.list(states: request.statesFilter) }) {
        let type = group.isConsumerGroup ? Self.consumerType : Self.classicType
        guard types.isEmpty || types.contains(type) else { continue }
        var listed = ListGroupsResponse.ListedGroup()
        listed.groupID = group.groupID
        listed.protocolType = group.protocolType
        listed.groupState = group.state
        listed.groupType = type
        response.groups.append(listed)
      }
    }
    return try reply(context, response)
  }
}
