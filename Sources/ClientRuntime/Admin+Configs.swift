import ClientCore
import KafkaProtocol

extension Admin {
  public func describeConfigs(_ resource: ConfigResource) async throws(ClientError) -> [ConfigEntry] {
    var request = DescribeConfigsRequest()
    var asked = DescribeConfigsRequest.DescribeConfigsResource()
    asked.resourceType = resource.type
    asked.resourceName = resource.name
    asked.configurationKeys = nil
    request.resources = [asked]
    let response = try await ask(request, of: resource.target, subject: resource.description) { response in
      response.results.compactMap { ClientError($0.errorCode, $0.errorMessage) }.first
    }
    return response.results.flatMap(\.configs).map { config in
      ConfigEntry(
        name: config.name, value: config.value, source: ConfigEntry.Source(rawValue: config.configSource) ?? .unknown,
        isReadOnly: config.readOnly, isSensitive: config.isSensitive)
    }.sorted { $0.name < $1.name }
  }

  /// Sets configs, or with nil puts them back to their defaults.
  public func alterConfigs(_ resource: ConfigResource, _ changes: [String: String?]) async throws(ClientError) {
    var request = IncrementalAlterConfigsRequest()
    var altered = IncrementalAlterConfigsRequest.AlterConfigsResource()
    altered.resourceType = resource.type
    altered.resourceName = resource.name
    altered.configs = changes.sorted { $0.key < $1.key }.map { name, value in
      var config = IncrementalAlterConfigsRequest.AlterableConfig()
      config.name = name
      config.configOperation = value == nil ? 1 : 0
      config.value = value
      return config
    }
    request.resources = [altered]
    _ = try await ask(request, of: resource.target, subject: resource.description) { response in
      response.responses.compactMap { ClientError($0.errorCode, $0.errorMessage) }.first
    }
  }
}

extension ConfigResource {
  var type: Int8 {
    switch self {
    case .topic: 2
    case .broker: 4
    }
  }

  var name: String {
    switch self {
    case .topic(let name): name
    case .broker(let id): String(id)
    }
  }

  var description: String {
    switch self {
    case .topic(let name): "topic \(name)"
    case .broker(let id): "broker \(id)"
    }
  }

  /// Only the broker itself knows its configs.
  var target: Cluster.Target {
    switch self {
    case .topic: .controller
    case .broker(let id): .node(id)
    }
  }
}
