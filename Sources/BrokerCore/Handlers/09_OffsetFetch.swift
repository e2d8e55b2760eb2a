import Base
import Coordination
import KafkaProtocol
import LogStore

// To version 7 a request is about one group, from 8 on about several (KIP-709); from 10 on topics go by their ids
// (KIP-848). All are brought to the form of the newest, and the oldest answer is made of that.
extension RequestProcessor {
  func offsetFetch(
    _ context: RequestContext, _ request: OffsetFetchRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = OffsetFetchResponse()
    guard context.version < 8 else {
      // Each group once, or a short request could ask for a very long answer.
      var groupIDs: Set<String> = []
      response.groups = request.groups.map { group in
        if groupIDs.insert(group.groupID).inserted { return fetchOffsets(group, usesIDs: context.version >= 10) }
        var refused = OffsetFetchResponse.OffsetFetchResponseGroup()
        refused.groupID = group.groupID
        refused.errorCode = .invalidRequest
        return refused
      }
      return try reply(context, response)
    }
    var group = OffsetFetchRequest.OffsetFetchRequestGroup()
    group.groupID = request.groupID
    group.topics = request.topics?.map { topic in
      var wanted = OffsetFetchRequest.OffsetFetchRequestTopics()
      wanted.name = topic.name
      wanted.partitionIndexes = topic.partitionIndexes
      return wanted
    }
    let fetched = fetchOffsets(group, usesIDs: false)
    response.errorCode = fetched.errorCode
    response.topics = fetched.topics.map { OffsetFetchResponse.OffsetFetchResponseTopic($0) }
    // Version 1 has no error but those of the partitions.
    if context.version < 2, fetched.errorCode != .none {
      response.topics = request.topics?.map { .init(failing: $0, with: fetched.errorCode) } ?? []
    }
    return try reply(context, response)
  }

  private func fetchOffsets(
    _ group: OffsetFetchRequest.OffsetFetchRequestGroup, usesIDs: Bool
  ) -> OffsetFetchResponse.OffsetFetchResponseGroup {
    var response = OffsetFetchResponse.OffsetFetchResponseGroup()
    response.groupID = group.groupID
    guard let shard = broker.groups.shard(of: group.groupID) else {
      response.errorCode = .notCoordinator
      return response
    }
    response.topics = shard.read { coordinator in
      response.errorCode = coordinator.offsetFetchError(
        group.groupID, memberID: group.memberID, epoch: group.memberEpoch)
      guard response.errorCode == .none else { return [] }
      guard let wanted = group.topics else { return allOffsets(of: group.groupID, coordinator, usesIDs: usesIDs) }
      var seen: Set<TopicPartition> = []
      return wanted.map { offsets($0, of: group.groupID, coordinator, usesIDs: usesIDs, &seen) }
    }
    return response
  }

  private func offsets(
    _ wanted: OffsetFetchRequest.OffsetFetchRequestTopics, of groupID: String, _ coordinator: GroupCoordinator,
    usesIDs: Bool, _ seen: inout Set<TopicPartition>
  ) -> OffsetFetchResponse.OffsetFetchResponseTopics {
    var answered = OffsetFetchResponse.OffsetFetchResponseTopics()
    answered.name = wanted.name
    answered.topicID = wanted.topicID
    let name = usesIDs ? broker.topics.topic(withID: wanted.topicID)?.name : wanted.name
    answered.partitions = wanted.partitionIndexes.map { index in
      guard let name else { return .init(index, nil, .unknownTopicID) }
      let partition = TopicPartition(name, index)
      // Here too: each once.
      guard seen.insert(partition).inserted else { return .init(index, nil, .invalidRequest) }
      return .init(index, coordinator.offset(groupID, partition))
    }
    return answered
  }

  private func allOffsets(
    of groupID: String, _ coordinator: GroupCoordinator, usesIDs: Bool
  ) -> [OffsetFetchResponse.OffsetFetchResponseTopics] {
    var topics: [OffsetFetchResponse.OffsetFetchResponseTopics] = []
    for (partition, offset) in coordinator.offsets(groupID) {
      if topics.last?.name != partition.topic {
        var topic = OffsetFetchResponse.OffsetFetchResponseTopics()
        topic.name = partition.topic
        topic.topicID = broker.topics.topic(named: partition.topic)?.id ?? .zero
        topics.append(topic)
      }
      topics[topics.count - 1].partitions.append(.init(partition.partition, offset))
    }
    // A topic that is gone has no id to name it by.
    return usesIDs ? topics.filter { $0.topicID != .zero } : topics
  }
}

extension OffsetFetchResponse.OffsetFetchResponsePartitions {
  fileprivate init(_ index: Int32, _ offset: CommittedOffset?, _ error: ErrorCode = .none) {
    self.init()
    errorCode = error
    partitionIndex = index
    committedOffset = offset?.offset ?? -1
    committedLeaderEpoch = offset?.leaderEpoch ?? -1
    metadata = offset?.metadata ?? ""
  }
}

extension OffsetFetchResponse.OffsetFetchResponseTopic {
  fileprivate init(_ topic: OffsetFetchResponse.OffsetFetchResponseTopics) {
    self.init()
    name = topic.name
    partitions = topic.partitions.map { partition in
      var answered = OffsetFetchResponse.OffsetFetchResponsePartition()
      answered.partitionIndex = partition.partitionIndex
      answered.committedOffset = partition.committedOffset
      answered.committedLeaderEpoch = partition.committedLeaderEpoch
      answered.metadata = partition.metadata
      answered.errorCode = partition.errorCode
      return answered
    }
  }

  fileprivate init(failing topic: OffsetFetchRequest.OffsetFetchRequestTopic, with error: ErrorCode) {
    self.init()
    name = topic.name
    partitions = topic.partitionIndexes.map { index in
      var answered = OffsetFetchResponse.OffsetFetchResponsePartition()
      answered.partitionIndex = index
      answered.committedOffset = -1
      answered.errorCode = error
      return answered
    }
  }
}
