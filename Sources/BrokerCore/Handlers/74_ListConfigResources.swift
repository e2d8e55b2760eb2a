import Base
import KafkaProtocol

extension RequestProcessor {
  func listConfigResources(
    _ context: RequestContext, _ request: ListConfigResourcesRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = ListConfigResourcesResponse()
    // Version 0 asks for client metrics alone, which no broker without a metrics plugin has.
    let wanted = context.version == 0 ? [ConfigResource.clientMetrics] : request.resourceTypes
    guard wanted.allSatisfy({ ConfigResource.listable.contains($0) }) else {
      response.errorCode = .unsupportedVersion
      return try reply(context, response)
    }
    let types = wanted.isEmpty ? ConfigResource.listable : Set(wanted)
    if types.contains(ConfigResource.broker) {
      response.configResources.append(.init(ConfigResource.broker, "\(broker.identity.nodeID)"))
    }
    if types.contains(ConfigResource.topic) {
      response.configResources += broker.topics.all.map { .init(ConfigResource.topic, $0.name) }
    }
    return try reply(context, response)
  }
}

extension ListConfigResourcesResponse.ConfigResource {
  fileprivate init(_ type: Int8, _ name: String) {
    self.init()
    resourceType = type
    resourceName = name
  }
}
