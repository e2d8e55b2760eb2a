import Base
import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func consumerGroupDescribe(
    _ context: RequestContext, _ request: ConsumerGroupDescribeRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = ConsumerGroupDescribeResponse()
    let topics = broker.topics.catalog
    // Each once, or a short request could ask for a very long answer.
    var names: Set<String> = []
    response.groups = request.groupIDs.filter { names.insert($0).inserted }.map { groupID in
      guard !groupID.isEmpty else { return .init(groupID, .invalidGroupID, "the name of the group is empty") }
      guard let shard = broker.groups.shard(of: groupID) else {
        return .init(groupID, .notCoordinator, "there are no groups yet")
      }
      guard let description = shard.read({ $0.describeConsumerGroup(groupID) }) else {
        return .init(groupID, .groupIDNotFound, "group \(groupID) is not a consumer group")
      }
      return .init(description, topics)
    }
    return try reply(context, response)
  }
}

extension ConsumerGroupDescribeResponse.DescribedGroup {
  fileprivate init(_ groupID: String, _ error: ErrorCode, _ message: String) {
    self.init()
    self.groupID = groupID
    errorCode = error
    errorMessage = message
  }

  fileprivate init(_ description: ConsumerGroupDescription, _ topics: TopicCatalog) {
    self.init()
    groupID = description.groupID
    groupState = description.state.rawValue
    groupEpoch = description.epoch
    assignmentEpoch = description.assignmentEpoch
    assignorName = description.assignor
    rebalances = description.rebalances.map { DescribeGroupsResponse.Rebalance($0) }
    members = description.members.map { member in
      var described = ConsumerGroupDescribeResponse.Member()
      described.memberID = member.id
      described.instanceID = member.metadata.instanceID
      described.rackID = member.metadata.rackID
      described.memberEpoch = member.state.epoch
      described.clientID = member.metadata.clientID
      described.clientHost = member.metadata.clientHost
      described.subscribedTopicNames = member.metadata.topics
      described.subscribedTopicRegex = member.metadata.pattern
      described.assignment = .init(member.state.assigned, topics)
      described.targetAssignment = .init(member.target, topics)
      described.memberType = member.metadata.classic == nil ? 1 : 0
      return described
    }
  }
}

extension ConsumerGroupDescribeResponse.Assignment {
  /// Topics that are gone are left out: they have no names.
  fileprivate init(_ partitions: PartitionSet, _ topics: TopicCatalog) {
    self.init()
    topicPartitions = partitions.sorted.compactMap { topicID, partitions in
      guard let name = topics.name(of: topicID) else { return nil }
      var topic = ConsumerGroupDescribeResponse.TopicPartitions()
      topic.topicID = topicID
      topic.topicName = name
      topic.partitions = partitions
      return topic
    }
  }
}
