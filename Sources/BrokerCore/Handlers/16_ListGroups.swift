import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  private static var classicType: String { "classic" }

  func listGroups(_ context: RequestContext, _ request: ListGroupsRequest) throws(ProtocolError) -> RequestProgress {
    var response = ListGroupsResponse()
    let types = request.typesFilter.map { $0.lowercased() }
    if types.isEmpty || types.contains(Self.classicType) {
      for shard in broker.groups.shards {
        for group in shard.read({ $0.list(states: request.statesFilter) }) {
          var listed = ListGroupsResponse.ListedGroup()
          listed.groupID = group.groupID
          listed.protocolType = group.protocolType
          listed.groupState = group.state.rawValue
          listed.groupType = Self.classicType
          response.groups.append(listed)
        }
      }
    }
    return try reply(context, response)
  }
}
