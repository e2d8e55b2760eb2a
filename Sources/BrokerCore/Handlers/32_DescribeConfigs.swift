import Base
import KafkaProtocol
import MetadataStore

extension RequestProcessor {
  func describeConfigs(
    _ context: RequestContext, _ request: DescribeConfigsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = DescribeConfigsResponse()
    // Each once, or a short request could ask for a very long answer.
    var seen: Set<String> = []
    let resources = request.resources.filter { seen.insert("\($0.resourceType) \($0.resourceName)").inserted }
    response.results = resources.map { resource in
      var result = DescribeConfigsResponse.DescribeConfigsResult()
      result.resourceType = resource.resourceType
      result.resourceName = resource.resourceName
      result.errorMessage = nil
      do throws(TopicError) {
        let settings = try broker.settings(of: resource.resourceType, named: resource.resourceName)
        let wanted = resource.configurationKeys.map { Set($0) }
        result.configs = settings.filter { wanted?.contains($0.name) ?? true }.map { describe($0, request) }
      } catch {
        result.errorCode = error.code
        result.errorMessage = error.message
      }
      return result
    }
    return try reply(context, response)
  }

  private func describe(
    _ setting: DescribedSetting, _ request: DescribeConfigsRequest
  ) -> DescribeConfigsResponse.DescribeConfigsResourceResult {
    var result = DescribeConfigsResponse.DescribeConfigsResourceResult()
    result.name = setting.name
    result.value = setting.value
    result.readOnly = setting.isReadOnly
    result.configSource = setting.source.rawValue
    result.configType = setting.kind.protocolType
    result.documentation = request.includeDocumentation ? setting.documentation : nil
    if request.includeSynonyms {
      result.synonyms = setting.synonyms.map { name, value, source in
        var synonym = DescribeConfigsResponse.DescribeConfigsSynonym()
        synonym.name = name
        synonym.value = value
        synonym.source = source.rawValue
        return synonym
      }
    }
    return result
  }
}

extension Broker {
  /// What DescribeConfigs shows of a resource.
  func settings(of type: Int8, named name: String) throws(TopicError) -> [DescribedSetting] {
    switch type {
    case ConfigResource.topic:
      if let fault = TopicName.fault(of: name) { throw TopicError(.invalidTopic, fault) }
      guard let topic = topics.topic(named: name) else {
        throw TopicError(.unknownTopicOrPartition, "there is no topic '\(name)'")
      }
      return topicConfigs(overrides: try record(of: topic).record.overrides)
    case ConfigResource.broker:
      // Without a name, it is what is set for all brokers (KIP-226).
      guard !name.isEmpty else {
        let table = settingsTable
        return brokerConfigs().compactMap { setting in
          guard let value = table.dynamicDefaults[setting.name] else { return nil }
          var setting = setting
          setting.value = value
          setting.source = .dynamicDefaultBroker
          return setting
        }
      }
      try checkBrokerName(name)
      return brokerConfigs()
    default:
      throw TopicError(.invalidRequest, "resource type \(type) has no configs here; there are 2 (topic) and 4 (broker)")
    }
  }

  func checkBrokerName(_ name: String) throws(TopicError) {
    guard name == String(identity.nodeID) else {
      throw TopicError(
        .invalidRequest, "there is no broker '\(name.shortened)'; this one is \(identity.nodeID)")
    }
  }
}
