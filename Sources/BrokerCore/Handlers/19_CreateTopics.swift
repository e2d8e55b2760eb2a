import Base
import KafkaProtocol

extension RequestProcessor {
  func createTopics(_ context: RequestContext, _ request: CreateTopicsRequest) -> RequestProgress {
    let now = context.now
    let version = context.version
    return replyFromWork(context) { broker, _ in
      broker.administration.withLock { administration in
        broker.createTopics(request, version: version, administration: &administration, now: now)
      }
    }
  }
}

extension Broker {
  /// Waits for the disk.
  func createTopics(
    _ request: CreateTopicsRequest, version: Int16, administration: inout Administration, now: Moment
  ) -> CreateTopicsResponse {
    var response = CreateTopicsResponse()
    var counts: [String: Int] = [:]
    for topic in request.topics { counts[topic.name, default: 0] += 1 }
    for wanted in request.topics {
      // A name that is there twice is answered once.
      guard let count = counts.removeValue(forKey: wanted.name) else { continue }
      var result = CreateTopicsResponse.CreatableTopicResult()
      result.name = wanted.name
      result.errorMessage = nil
      do throws(TopicError) {
        guard count == 1 else {
          throw TopicError(.invalidRequest, "topic '\(wanted.name)' is in the request \(count) times")
        }
        try create(
          wanted, validateOnly: request.validateOnly, version: version, into: &result,
          administration: &administration, now: now)
      } catch {
        result.errorCode = error.code
        result.errorMessage = error.message
        result.numPartitions = -1
        result.replicationFactor = -1
        result.configs = []
      }
      response.topics.append(result)
    }
    return response
  }

  private func create(
    _ wanted: CreateTopicsRequest.CreatableTopic, validateOnly: Bool, version: Int16,
    into result: inout CreateTopicsResponse.CreatableTopicResult, administration: inout Administration, now: Moment
  ) throws(TopicError) {
    try checkNewTopic(wanted.name)
    guard !TopicName.isInternal(wanted.name) else {
      throw TopicError(.invalidTopic, "topic '\(wanted.name)' is the broker's own")
    }
    let partitionCount = try partitionCount(of: wanted, version: version)
    try checkPartitionBudget(adding: Int(partitionCount))
    var overrides: [String: String] = [:]
    for config in wanted.configs {
      guard let value = config.value else {
        throw TopicError(.invalidConfig, "\(config.name): there is no value")
      }
      guard overrides.updateValue(value, forKey: config.name) == nil else {
        throw TopicError(.invalidConfig, "\(config.name) is there twice")
      }
    }
    do throws(SettingError) {
      _ = try settings.newTopicConfiguration(overrides: overrides)
    } catch {
      throw TopicError(.invalidConfig, error.description)
    }
    if !validateOnly {
      result.topicID = try createTopic(
        wanted.name, partitionCount: partitionCount, overrides: overrides, administration: &administration, now: now
      ).id
    }
    result.numPartitions = partitionCount
    result.replicationFactor = 1
    result.configs = topicConfigs(overrides: overrides).map { config in
      var described = CreateTopicsResponse.CreatableTopicConfigs()
      described.name = config.name
      described.value = config.value
      described.configSource = config.source.rawValue
      return described
    }
  }

  /// How many partitions a new topic gets, from its number, its assignment or the defaults.
  private func partitionCount(
    of wanted: CreateTopicsRequest.CreatableTopic, version: Int16
  ) throws(TopicError) -> Int32 {
    guard wanted.assignments.isEmpty else {
      guard wanted.numPartitions == -1, wanted.replicationFactor == -1 else {
        throw TopicError(
          .invalidRequest, "with an assignment of replicas, the numbers of partitions and replicas must be -1")
      }
      let indexes = Set(wanted.assignments.map(\.partitionIndex))
      guard indexes.count == wanted.assignments.count, indexes == Set(0..<Int32(clamping: wanted.assignments.count))
      else {
        throw TopicError(.invalidReplicaAssignment, "partitions are assigned that are not 0, 1, 2 … each once")
      }
      for assignment in wanted.assignments { try checkReplicas(assignment.brokerIDs) }
      return Int32(clamping: wanted.assignments.count)
    }
    // Since KIP-464, -1 is the broker's default.
    let count = wanted.numPartitions == -1 ? Int32(clamping: settings.partitionCount) : wanted.numPartitions
    guard count > 0 else {
      throw TopicError(.invalidPartitions, "the number of partitions is \(count); it must be larger than 0")
    }
    let factor = wanted.replicationFactor == -1 ? 1 : wanted.replicationFactor
    guard factor > 0 else {
      throw TopicError(.invalidReplicationFactor, "the replication factor is \(factor); it must be larger than 0")
    }
    guard factor == 1 else {
      throw TopicError(.invalidReplicationFactor, "the replication factor is \(factor), but there is 1 broker")
    }
    return count
  }

  func checkReplicas(_ brokers: [Int32]) throws(TopicError) {
    guard brokers == [identity.nodeID] else {
      throw TopicError(
        .invalidReplicaAssignment,
        "partitions can be assigned to broker \(identity.nodeID) alone, not to \(brokers.prefix(10).map { String($0) })"
      )
    }
  }
}
