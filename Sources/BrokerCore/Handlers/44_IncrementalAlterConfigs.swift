import Base
import KafkaProtocol
import MetadataStore

extension RequestProcessor {
  func incrementalAlterConfigs(
    _ context: RequestContext, _ request: IncrementalAlterConfigsRequest
  ) -> RequestProgress {
    replyFromWork(context) { broker, effects in
      broker.administration.withLock { _ in
        var response = IncrementalAlterConfigsResponse()
        let counts = ConfigResource.counts(request.resources.map { ($0.resourceType, $0.resourceName) })
        for resource in request.resources {
          var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
          result.resourceType = resource.resourceType
          result.resourceName = resource.resourceName
          result.errorMessage = nil
          do throws(TopicError) {
            try ConfigResource.checkOnce(resource.resourceType, resource.resourceName, counts)
            try broker.alter(resource, validateOnly: request.validateOnly, effects: &effects)
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

/// What to do with one config (the protocol's numbers).
enum AlterOperation {
  static let set: Int8 = 0
  static let delete: Int8 = 1
  static let append: Int8 = 2
  static let subtract: Int8 = 3
}

extension Broker {
  /// Waits for the disk.
  func alter(
    _ resource: IncrementalAlterConfigsRequest.AlterConfigsResource, validateOnly: Bool,
    effects: inout [BrokerEffect<Files>]
  ) throws(TopicError) {
    let names = resource.configs.map(\.name)
    guard Set(names).count == names.count else {
      throw TopicError(.invalidRequest, "a config is in the request twice")
    }
    switch resource.resourceType {
    case ConfigResource.topic:
      guard !resource.resourceName.isEmpty else {
        throw TopicError(.invalidRequest, "topics have no settings in common; change the broker's for all of them")
      }
      guard let topic = topics.topic(named: resource.resourceName) else {
        throw TopicError(.unknownTopicOrPartition, "there is no topic '\(resource.resourceName.shortened)'")
      }
      guard !topic.isInternal else {
        throw TopicError(.invalidRequest, "the settings of '\(topic.name)' are the broker's own")
      }
      var overrides = try record(of: topic).record.overrides
      let current = topicConfigs(overrides: overrides)
      for config in resource.configs {
        let setting: TopicSetting
        do throws(SettingError) {
          setting = try TopicSetting.named(config.name)
        } catch {
          throw TopicError(.invalidConfig, error.description)
        }
        let effective = current.first { $0.name == config.name }?.value
        overrides[config.name] = try Self.changed(config, setting.kind, from: effective)
      }
      do throws(SettingError) {
        _ = try settings.newTopicConfiguration(overrides: overrides)
      } catch {
        throw TopicError(.invalidConfig, error.description)
      }
      if !validateOnly { try alter(topic, overrides: overrides, effects: &effects) }
    case ConfigResource.broker:
      try alterBroker(resource, validateOnly: validateOnly, effects: &effects)
    default:
      throw TopicError(
        .invalidRequest,
        "resource type \(resource.resourceType) has no configs here; there are 2 (topic) and 4 (broker)")
    }
  }

  private func alterBroker(
    _ resource: IncrementalAlterConfigsRequest.AlterConfigsResource, validateOnly: Bool,
    effects: inout [BrokerEffect<Files>]
  ) throws(TopicError) {
    if !resource.resourceName.isEmpty { try checkBrokerName(resource.resourceName) }
    var table = settingsTable
    for config in resource.configs {
      guard let setting = BrokerSetting.byName[config.name] else {
        throw Self.unknown(config.name, among: BrokerSetting.byName.keys.sorted(), what: "setting")
      }
      guard setting.isDynamic else {
        throw TopicError(
          .invalidRequest, "\(config.name) cannot be changed while the broker runs; set it in its configuration file")
      }
      let value = try Self.changed(config, setting.kind, from: table.value(of: setting).text)
      if resource.resourceName.isEmpty {
        table.dynamicDefaults[config.name] = value
      } else {
        table.dynamic[config.name] = value
      }
    }
    if !validateOnly { try replaceSettings(table, effects: &effects) }
  }

  /// The value a config gets, nil for none.
  private static func changed(
    _ config: IncrementalAlterConfigsRequest.AlterableConfig, _ kind: SettingKind, from current: String?
  ) throws(TopicError) -> String? {
    if config.configOperation == AlterOperation.delete { return nil }
    guard let value = config.value else { throw TopicError(.invalidRequest, "\(config.name): there is no value") }
    var changed = value
    switch config.configOperation {
    case AlterOperation.set: break
    case AlterOperation.append, AlterOperation.subtract:
      guard case .list = kind else {
        throw TopicError(.invalidConfig, "\(config.name) is not a list; nothing can be added or taken away")
      }
      let given = value.split(separator: ",").map { String($0).trimmingSpaces }
      var words = (current ?? "").split(separator: ",").map { String($0).trimmingSpaces }
      words.removeAll { given.contains($0) }
      if config.configOperation == AlterOperation.append { words += given }
      changed = words.joined(separator: ",")
    default:
      throw TopicError(.invalidRequest, "\(config.name): there is no operation \(config.configOperation)")
    }
    if case .failure(let fault) = kind.parse(changed) {
      throw TopicError(.invalidConfig, "\(config.name): \(fault.problem)")
    }
    return changed
  }

  private static func unknown(_ name: String, among known: [String], what: String) -> TopicError {
    TopicError(.invalidConfig, SettingError.unknown(name.shortened, among: known, what: what).description)
  }
}
