import Base
import KafkaProtocol

// What is not named goes back to its default: the same as an IncrementalAlterConfigs that deletes it.
extension RequestProcessor {
  func alterConfigs(_ context: RequestContext, _ request: AlterConfigsRequest) -> RequestProgress {
    replyFromWork(context) { broker, effects in
      broker.administration.withLock { _ in
        var response = AlterConfigsResponse()
        let counts = ConfigResource.counts(request.resources.map { ($0.resourceType, $0.resourceName) })
        for resource in request.resources {
          var result = AlterConfigsResponse.AlterConfigsResourceResponse()
          result.resourceType = resource.resourceType
          result.resourceName = resource.resourceName
          result.errorMessage = nil
          do throws(TopicError) {
            try ConfigResource.checkOnce(resource.resourceType, resource.resourceName, counts)
            try broker.alter(
              try broker.incremental(resource), validateOnly: request.validateOnly, effects: &effects)
          } catch {
            result.errorCode = error.code
            result.errorMessage = error.message
          }
          response.responses.append(result)
        }
        return response
      }
    }
  }
}

extension Broker {
  fileprivate func incremental(
    _ resource: AlterConfigsRequest.AlterConfigsResource
  ) throws(TopicError) -> IncrementalAlterConfigsRequest.AlterConfigsResource {
    var incremental = IncrementalAlterConfigsRequest.AlterConfigsResource()
    incremental.resourceType = resource.resourceType
    incremental.resourceName = resource.resourceName
    incremental.configs = resource.configs.map { config in
      var change = IncrementalAlterConfigsRequest.AlterableConfig()
      change.name = config.name
      change.configOperation = AlterOperation.set
      change.value = config.value
      return change
    }
    let named = Set(resource.configs.map(\.name))
    for name in try ownSettings(of: resource.resourceType, named: resource.resourceName) where !named.contains(name) {
      var change = IncrementalAlterConfigsRequest.AlterableConfig()
      change.name = name
      change.configOperation = AlterOperation.delete
      incremental.configs.append(change)
    }
    return incremental
  }

  /// The settings that were changed for a resource, by name; none where there is no such resource.
  private func ownSettings(of type: Int8, named name: String) throws(TopicError) -> [String] {
    switch type {
    case ConfigResource.topic:
      guard let topic = topics.topic(named: name) else { return [] }
      return try record(of: topic).record.overrides.keys.sorted()
    case ConfigResource.broker:
      let table = settingsTable
      return (name.isEmpty ? table.dynamicDefaults : table.dynamic).keys.sorted()
    default:
      return []
    }
  }
}
