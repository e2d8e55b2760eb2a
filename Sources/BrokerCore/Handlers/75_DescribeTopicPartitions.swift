import Base
import KafkaProtocol

extension RequestProcessor {
  /// Partitions in one answer, whatever is asked for (`max.request.partition.size.limit` of other brokers).
  private static var partitionLimit: Int { 2000 }

  func describeTopicPartitions(
    _ context: RequestContext, _ request: DescribeTopicPartitionsRequest
  ) throws(ProtocolError) -> RequestProgress {
    let cursor = request.cursor
    let isOfAll = request.topics.isEmpty
    let names = isOfAll ? broker.topics.all.map(\.name) : Set(request.topics.map(\.name)).sorted()
    let isCursorValid = cursor.map { $0.partitionIndex >= 0 && (isOfAll || names.contains($0.topicName)) } ?? true
    guard isCursorValid else {
      return try reply(context, DescribeTopicPartitionsResponse(refusing: request))
    }
    var response = DescribeTopicPartitionsResponse()
    var remaining = max(1, min(Self.partitionLimit, Int(request.responsePartitionLimit)))
    for name in names where cursor.map({ name >= $0.topicName }) ?? true {
      guard remaining > 0 else {
        response.nextCursor = .init(name, 0)
        break
      }
      guard let topic = broker.topics.topic(named: name) else {
        if !isOfAll { response.topics.append(.init(missing: name)) }
        continue
      }
      let first = cursor?.topicName == name ? Int(cursor?.partitionIndex ?? 0) : 0
      let partitions = topic.partitions.dropFirst(first).prefix(remaining)
      response.topics.append(broker.describe(topic, partitions))
      remaining -= partitions.count
      if first + partitions.count < topic.partitions.count {
        response.nextCursor = .init(name, Int32(clamping: first + partitions.count))
        break
      }
    }
    return try reply(context, response)
  }
}

extension Broker {
  fileprivate func describe(
    _ topic: Topic<Files>, _ partitions: ArraySlice<Partition<Files>>
  ) -> DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
    var described = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
    described.name = topic.name
    described.topicID = topic.id
    described.isInternal = topic.isInternal
    described.partitions = partitions.map { partition in
      var part = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition()
      part.partitionIndex = partition.id.partition
      part.leaderID = partition.leaderID
      part.leaderEpoch = partition.leaderEpoch
      part.replicaNodes = [identity.nodeID]
      part.isrNodes = [identity.nodeID]
      part.eligibleLeaderReplicas = []
      part.lastKnownElr = []
      return part
    }
    return described
  }
}

extension DescribeTopicPartitionsResponse {
  /// The answer to a cursor that points nowhere.
  fileprivate init(refusing request: DescribeTopicPartitionsRequest) {
    self.init()
    topics = request.topics.map { wanted in
      var topic = DescribeTopicPartitionsResponseTopic()
      topic.name = wanted.name
      topic.errorCode = .invalidRequest
      return topic
    }
  }
}

extension DescribeTopicPartitionsResponse.Cursor {
  fileprivate init(_ topic: String, _ partition: Int32) {
    self.init()
    topicName = topic
    partitionIndex = partition
  }
}

extension DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
  fileprivate init(missing name: String) {
    self.init()
    self.name = name
    errorCode = TopicName.fault(of: name) == nil ? .unknownTopicOrPartition : .invalidTopic
    isInternal = TopicName.isInternal(name)
  }
}
