import Base
import KafkaProtocol

extension RequestProcessor {
  func metadata(_ context: RequestContext, _ request: MetadataRequest) throws(ProtocolError) -> RequestProgress {
    // Version 0 has no null: an empty list is all topics.
    guard let named = context.version == 0 && request.topics?.isEmpty == true ? nil : request.topics else {
      return try reply(context, broker.metadataResponse(broker.topics.all.map { broker.describe($0) }))
    }
    // Each once, or a short request could ask for a very long answer.
    var seen: Set<MetadataRequest.MetadataRequestTopic> = []
    let wanted = named.filter { seen.insert($0).inserted }
    let creates = broker.settings.createsTopicsOnUse && request.allowAutoTopicCreation
    let missing = wanted.contains { topic in
      topic.topicID == .zero && topic.name.map { broker.topics.topic(named: $0) == nil } ?? false
    }
    guard creates, missing else {
      return try reply(context, broker.metadataResponse(wanted.map { broker.describe($0) }))
    }
    let now = context.now
    return replyFromWork(context) { broker, _ in
      broker.metadataResponse(wanted.map { broker.describeOrCreate($0, now: now) })
    }
  }
}

extension Broker {
  func metadataResponse(_ topics: [MetadataResponse.MetadataResponseTopic]) -> MetadataResponse {
    var response = MetadataResponse()
    var broker = MetadataResponse.MetadataResponseBroker()
    let endpoint = endpoint
    broker.nodeID = identity.nodeID
    broker.host = endpoint.host
    broker.port = endpoint.port
    response.brokers = [broker]
    response.clusterID = identity.clusterID.description
    response.controllerID = identity.nodeID
    response.topics = topics
    return response
  }

  func describe(_ topic: Topic<Files>) -> MetadataResponse.MetadataResponseTopic {
    var description = MetadataResponse.MetadataResponseTopic()
    description.name = topic.name
    description.topicID = topic.id
    description.isInternal = topic.isInternal
    description.partitions = topic.partitions.map { partition in
      var part = MetadataResponse.MetadataResponsePartition()
      part.partitionIndex = partition.id.partition
      part.leaderID = identity.nodeID
      part.leaderEpoch = leaderEpoch
      part.replicaNodes = [identity.nodeID]
      if partition.failure == nil {
        part.isrNodes = [identity.nodeID]
      } else {
        // As Kafka tells of a replica whose disk has failed.
        part.errorCode = .leaderNotAvailable
        part.leaderID = -1
        part.offlineReplicas = [identity.nodeID]
      }
      return part
    }
    return description
  }

  func describe(_ wanted: MetadataRequest.MetadataRequestTopic) -> MetadataResponse.MetadataResponseTopic {
    if wanted.topicID != .zero {
      if let topic = topics.topic(withID: wanted.topicID) { return describe(topic) }
      var missing = MetadataResponse.MetadataResponseTopic()
      missing.errorCode = .unknownTopicID
      missing.topicID = wanted.topicID
      missing.name = nil
      return missing
    }
    guard let name = wanted.name else { return failed("", .invalidRequest) }
    if let topic = topics.topic(named: name) { return describe(topic) }
    return failed(name, TopicName.fault(of: name) == nil ? .unknownTopicOrPartition : .invalidTopic)
  }

  /// Creates the topic when there is none by that name. Waits for the disk.
  func describeOrCreate(
    _ wanted: MetadataRequest.MetadataRequestTopic, now: Moment
  ) -> MetadataResponse.MetadataResponseTopic {
    guard wanted.topicID == .zero, let name = wanted.name, topics.topic(named: name) == nil,
      TopicName.fault(of: name) == nil, !TopicName.isInternal(name)
    else { return describe(wanted) }
    do throws(TopicError) {
      return describe(try createTopicOnUse(name, now: now))
    } catch {
      return failed(name, error.code)
    }
  }

  private func failed(_ name: String, _ error: ErrorCode) -> MetadataResponse.MetadataResponseTopic {
    var failed = MetadataResponse.MetadataResponseTopic()
    failed.errorCode = error
    failed.name = name
    return failed
  }

  /// The topic with the broker's defaults, by whomever it was created meanwhile.
  func createTopicOnUse(_ name: String, now: Moment) throws(TopicError) -> Topic<Files> {
    try administration.withLock { (administration) throws(TopicError) in
      if let topic = topics.topic(named: name) { return topic }
      return try createTopic(
        name, partitionCount: Int32(clamping: settings.partitionCount), overrides: [:],
        administration: &administration, now: now)
    }
  }
}
