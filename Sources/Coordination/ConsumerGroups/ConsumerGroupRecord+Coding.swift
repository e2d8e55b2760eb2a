import Base
import KafkaProtocol

extension ConsumerGroupRecord {
  func encodedKey(of groupID: String) throws(ProtocolError) -> [UInt8] {
    switch self {
    case .epoch:
      var key = ConsumerGroupMetadataKey()
      key.groupID = groupID
      return try key.encodedWithVersion(3)
    case .topics:
      var key = ConsumerGroupPartitionMetadataKey()
      key.groupID = groupID
      return try key.encodedWithVersion(4)
    case .member(let memberID, _):
      var key = ConsumerGroupMemberMetadataKey()
      key.groupID = groupID
      key.memberID = memberID
      return try key.encodedWithVersion(5)
    case .targetEpoch:
      var key = ConsumerGroupTargetAssignmentMetadataKey()
      key.groupID = groupID
      return try key.encodedWithVersion(6)
    case .target(let memberID, _):
      var key = ConsumerGroupTargetAssignmentMemberKey()
      key.groupID = groupID
      key.memberID = memberID
      return try key.encodedWithVersion(7)
    case .current(let memberID, _):
      var key = ConsumerGroupCurrentMemberAssignmentKey()
      key.groupID = groupID
      key.memberID = memberID
      return try key.encodedWithVersion(8)
    case .pattern(let text, _):
      var key = ConsumerGroupRegularExpressionKey()
      key.groupID = groupID
      key.regularExpression = text
      return try key.encodedWithVersion(16)
    }
  }

  /// nil for a tombstone.
  func encodedValue() throws(ProtocolError) -> [UInt8]? {
    switch self {
    case .epoch(let epoch?):
      var value = ConsumerGroupMetadataValue()
      value.epoch = epoch
      return try value.encodedWithVersion(0)
    case .topics(let topics?):
      return try ConsumerGroupPartitionMetadataValue(topics).encodedWithVersion(0)
    case .member(_, let metadata?):
      return try ConsumerGroupMemberMetadataValue(metadata).encodedWithVersion(0)
    case .targetEpoch(let epoch?):
      var value = ConsumerGroupTargetAssignmentMetadataValue()
      value.assignmentEpoch = epoch
      return try value.encodedWithVersion(0)
    case .target(_, let target?):
      return try ConsumerGroupTargetAssignmentMemberValue(target).encodedWithVersion(0)
    case .current(_, let current?):
      return try ConsumerGroupCurrentMemberAssignmentValue(current).encodedWithVersion(0)
    case .pattern(_, let resolved?):
      var value = ConsumerGroupRegularExpressionValue()
      value.topics = resolved.topics
      value.version = resolved.version
      value.timestamp = resolved.timestamp
      return try value.encodedWithVersion(0)
    case .epoch(nil), .topics(nil), .member(_, nil), .targetEpoch(nil), .target(_, nil), .current(_, nil),
      .pattern(_, nil):
      return nil
    }
  }
}

extension GroupRecord {
  /// Reads a record of a consumer group; `kind` is the version of its key.
  static func consumer(_ kind: Int16, _ key: [UInt8], _ value: [UInt8]?) throws(GroupRecordError) -> GroupRecord {
    switch kind {
    case 3:
      let id = try Self.key(key, as: ConsumerGroupMetadataKey.self).groupID
      let value = try Self.value(value, of: id, as: ConsumerGroupMetadataValue.self)
      return .consumer(id, .epoch(value?.epoch))
    case 4:
      let id = try Self.key(key, as: ConsumerGroupPartitionMetadataKey.self).groupID
      let value = try Self.value(value, of: id, as: ConsumerGroupPartitionMetadataValue.self)
      return .consumer(id, .topics(value?.subscribedTopics))
    case 5:
      let key = try Self.key(key, as: ConsumerGroupMemberMetadataKey.self)
      let value = try Self.value(value, of: key.groupID, as: ConsumerGroupMemberMetadataValue.self)
      return .consumer(key.groupID, .member(key.memberID, value.map { ConsumerMemberMetadata($0) }))
    case 6:
      let id = try Self.key(key, as: ConsumerGroupTargetAssignmentMetadataKey.self).groupID
      let value = try Self.value(value, of: id, as: ConsumerGroupTargetAssignmentMetadataValue.self)
      return .consumer(id, .targetEpoch(value?.assignmentEpoch))
    case 7:
      let key = try Self.key(key, as: ConsumerGroupTargetAssignmentMemberKey.self)
      let value = try Self.value(value, of: key.groupID, as: ConsumerGroupTargetAssignmentMemberValue.self)
      return .consumer(key.groupID, .target(key.memberID, value.map(\.partitionSet)))
    case 8:
      let key = try Self.key(key, as: ConsumerGroupCurrentMemberAssignmentKey.self)
      let value = try Self.value(value, of: key.groupID, as: ConsumerGroupCurrentMemberAssignmentValue.self)
      return .consumer(key.groupID, .current(key.memberID, value.map { ConsumerMemberState($0) }))
    case 16:
      let key = try Self.key(key, as: ConsumerGroupRegularExpressionKey.self)
      let value = try Self.value(value, of: key.groupID, as: ConsumerGroupRegularExpressionValue.self)
      let resolved = value.map { ResolvedPattern(topics: $0.topics, version: $0.version, timestamp: $0.timestamp) }
      return .consumer(key.groupID, .pattern(key.regularExpression, resolved))
    default:
      throw .unknownKind(kind)
    }
  }
}

extension ConsumerGroupPartitionMetadataValue {
  fileprivate init(_ topics: [SubscribedTopic]) {
    self.init()
    self.topics = topics.map { topic in
      var value = TopicMetadata()
      value.topicID = topic.id
      value.topicName = topic.name
      value.numPartitions = topic.partitionCount
      return value
    }
  }

  fileprivate var subscribedTopics: [SubscribedTopic] {
    topics.map { SubscribedTopic(name: $0.topicName, id: $0.topicID, partitionCount: max($0.numPartitions, 0)) }
  }
}

extension ConsumerGroupMemberMetadataValue {
  fileprivate init(_ metadata: ConsumerMemberMetadata) {
    self.init()
    instanceID = metadata.instanceID
    rackID = metadata.rackID
    clientID = metadata.clientID
    clientHost = metadata.clientHost
    subscribedTopicNames = metadata.topics
    subscribedTopicRegex = metadata.pattern
    rebalanceTimeoutMs = metadata.rebalanceTimeoutMs
    serverAssignor = metadata.assignor
    classicMemberMetadata = metadata.classic.map { classic in
      var value = ClassicMemberMetadata()
      value.sessionTimeoutMs = classic.sessionTimeoutMs
      value.supportedProtocols = classic.protocols.map { known in
        var value = ClassicProtocol()
        value.name = known.name
        value.metadata = known.metadata
        return value
      }
      return value
    }
  }
}

extension ConsumerMemberMetadata {
  fileprivate init(_ value: ConsumerGroupMemberMetadataValue) {
    self.init(
      instanceID: value.instanceID, rackID: value.rackID, clientID: value.clientID, clientHost: value.clientHost,
      topics: value.subscribedTopicNames, pattern: value.subscribedTopicRegex,
      rebalanceTimeoutMs: value.rebalanceTimeoutMs, assignor: value.serverAssignor,
      classic: value.classicMemberMetadata.map { classic in
        Classic(
          sessionTimeoutMs: classic.sessionTimeoutMs,
          protocols: classic.supportedProtocols.map { GroupProtocol(name: $0.name, metadata: $0.metadata) })
      })
  }
}

extension ConsumerGroupTargetAssignmentMemberValue {
  fileprivate init(_ partitions: PartitionSet) {
    self.init()
    topicPartitions = partitions.sorted.map { topicID, partitions in
      var value = TopicPartition()
      value.topicID = topicID
      value.partitions = partitions
      return value
    }
  }

  fileprivate var partitionSet: PartitionSet { PartitionSet(topicPartitions.map { ($0.topicID, $0.partitions) }) }
}

extension ConsumerGroupCurrentMemberAssignmentValue {
  fileprivate init(_ current: ConsumerMemberState) {
    self.init()
    memberEpoch = current.epoch
    previousMemberEpoch = current.previousEpoch
    state = current.state
    assignedPartitions = Self.list(current.assigned)
    partitionsPendingRevocation = Self.list(current.pendingRevocation)
  }

  private static func list(_ partitions: PartitionSet) -> [TopicPartitions] {
    partitions.sorted.map { topicID, partitions in
      var value = TopicPartitions()
      value.topicID = topicID
      value.partitions = partitions
      return value
    }
  }
}

extension ConsumerMemberState {
  fileprivate init(_ value: ConsumerGroupCurrentMemberAssignmentValue) {
    self.init(
      epoch: value.memberEpoch, previousEpoch: value.previousMemberEpoch, state: value.state,
      assigned: PartitionSet(value.assignedPartitions.map { ($0.topicID, $0.partitions) }),
      pendingRevocation: PartitionSet(value.partitionsPendingRevocation.map { ($0.topicID, $0.partitions) }))
  }
}
