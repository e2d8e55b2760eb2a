import Base
import ClientCore
import KafkaProtocol

extension Admin {
  public func describeCluster() async throws(ClientError) -> ClusterDescription {
    let response = try await ask(DescribeClusterRequest(), of: .any) { response in
      ClientError(response.errorCode, response.errorMessage)
    }
    let named = response.brokers.filter { (1...65535).contains($0.port) && !$0.host.isEmpty }
    let brokers = named.map { broker in
      ClusterDescription.Broker(
        id: broker.brokerID, address: BrokerAddress(host: broker.host, port: Int(broker.port)), rack: broker.rack)
    }
    return ClusterDescription(
      clusterID: response.clusterID, controllerID: response.controllerID < 0 ? nil : response.controllerID,
      brokers: brokers.sorted { $0.id < $1.id })
  }

  /// All topics, in the order of their names.
  public func listTopics() async throws(ClientError) -> [TopicDescription] {
    var request = MetadataRequest()
    request.topics = nil
    request.allowAutoTopicCreation = false
    let response = try await ask(request, of: .any) { ClientError($0.errorCode, nil) }
    let topics = response.topics.filter { $0.errorCode == .none }.map(TopicDescription.init)
    return topics.sorted { $0.name < $1.name }
  }

  public func describeTopics(
    _ names: [String]
  ) async throws(ClientError) -> [String: Result<TopicDescription, ClientError>] {
    var request = MetadataRequest()
    request.allowAutoTopicCreation = false
    request.topics = Set(names).sorted().map { name in
      var topic = MetadataRequest.MetadataRequestTopic()
      topic.name = name
      return topic
    }
    // A list without topics asks the oldest brokers for all of them.
    if names.isEmpty { return [:] }
    let response = try await ask(request, of: .any) { ClientError($0.errorCode, nil) }
    var results: [String: Result<TopicDescription, ClientError>] = [:]
    for topic in response.topics {
      guard let name = topic.name else { continue }
      let error = ClientError(topic.errorCode, nil, api: .metadata, subject: "topic \(name)")
      results[name] = error.map { .failure($0) } ?? .success(TopicDescription(topic))
    }
    return results
  }

  /// - Parameter validateOnly: whether the broker shall only say whether it would.
  /// - Returns: what became of each, by name.
  public func createTopics(
    _ topics: [NewTopic], validateOnly: Bool = false
  ) async throws(ClientError) -> [String: Result<Void, ClientError>] {
    var request = CreateTopicsRequest()
    request.timeoutMs = Self.operationTimeoutMilliseconds
    request.validateOnly = validateOnly
    request.topics = topics.map { topic in
      var created = CreateTopicsRequest.CreatableTopic()
      created.name = topic.name
      created.numPartitions = topic.partitionCount ?? -1
      created.replicationFactor = topic.replicationFactor ?? -1
      created.configs = topic.configs.sorted { $0.key < $1.key }.map { name, value in
        var config = CreateTopicsRequest.CreatableTopicConfig()
        config.name = name
        config.value = value
        return config
      }
      return created
    }
    let response = try await ask(request, of: .controller) { Self.notController($0.topics.map(\.errorCode)) }
    let results = response.topics.map { topic in
      (topic.name, Self.result(topic.errorCode, topic.errorMessage, .createTopics, "topic \(topic.name)"))
    }
    return Dictionary(results) { first, _ in first }
  }

  public func deleteTopics(_ names: [String]) async throws(ClientError) -> [String: Result<Void, ClientError>] {
    var request = DeleteTopicsRequest()
    request.timeoutMs = Self.operationTimeoutMilliseconds
    request.topicNames = names
    request.topics = names.map { name in
      var topic = DeleteTopicsRequest.DeleteTopicState()
      topic.name = name
      return topic
    }
    let response = try await ask(request, of: .controller) { Self.notController($0.responses.map(\.errorCode)) }
    let results = response.responses.compactMap { topic in
      topic.name.map { name in
        (name, Self.result(topic.errorCode, topic.errorMessage, .deleteTopics, "topic \(name)"))
      }
    }
    return Dictionary(results) { first, _ in first }
  }

  /// Raises the number of partitions of a topic to `count`.
  public func createPartitions(topic: String, count: Int32) async throws(ClientError) {
    var request = CreatePartitionsRequest()
    request.timeoutMs = Self.operationTimeoutMilliseconds
    var change = CreatePartitionsRequest.CreatePartitionsTopic()
    change.name = topic
    change.count = count
    change.assignments = nil
    request.topics = [change]
    let response = try await ask(request, of: .controller) { Self.notController($0.results.map(\.errorCode)) }
    for result in response.results {
      try Self.result(result.errorCode, result.errorMessage, .createPartitions, "topic \(topic)").get()
    }
  }

  static func notController(_ codes: [ErrorCode]) -> ClientError? {
    codes.contains(.notController) ? ClientError(.notController, nil) : nil
  }

  static func result(
    _ code: ErrorCode, _ message: String?, _ api: ApiKey, _ subject: String
  ) -> Result<Void, ClientError> {
    ClientError(code, message, api: api, subject: subject).map { .failure($0) } ?? .success(())
  }
}

extension TopicDescription {
  init(_ topic: MetadataResponse.MetadataResponseTopic) {
    self.init(
      name: topic.name ?? "", id: topic.topicID, isInternal: topic.isInternal,
      partitions: topic.partitions.map { partition in
        Partition(
          index: partition.partitionIndex, leader: partition.leaderID < 0 ? nil : partition.leaderID,
          leaderEpoch: partition.leaderEpoch, replicas: partition.replicaNodes, inSyncReplicas: partition.isrNodes)
      }.sorted { $0.index < $1.index })
  }
}

extension ClientError {
  /// The broker's answer as an error; nil when it is none.
  init?(_ code: ErrorCode, _ message: String?, api: ApiKey? = nil, subject: String? = nil) {
    if code == .none { return nil }
    self.init(.refused(code, message: message), api: api, subject: subject)
  }
}
