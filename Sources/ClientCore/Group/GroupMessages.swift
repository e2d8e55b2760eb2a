import Base
import KafkaProtocol

extension FindCoordinatorRequest {
  /// Asks for the coordinator of a group, in the fields of all versions.
  package init(group: String) {
    self.init()
    key = group
    keyType = 0
    coordinatorKeys = [group]
  }
}

extension FindCoordinatorResponse {
  package var failure: ClientError? {
    let code = coordinators.first?.errorCode ?? errorCode
    let message = coordinators.first?.errorMessage ?? errorMessage
    return code == .none ? nil : ClientError(.refused(code, message: message), api: .findCoordinator)
  }

  /// Where the coordinator listens; nil when the answer makes no sense.
  package var address: BrokerAddress? {
    let host = coordinators.first?.host ?? host
    let port = coordinators.first?.port ?? port
    return host.isEmpty || !(1...65535).contains(port) ? nil : BrokerAddress(host: host, port: Int(port))
  }
}

extension OffsetFetchRequest {
  /// Asks for a group's offsets, in the fields of all versions that name topics; nil for all partitions that have one.
  package init(group: String, partitions: [TopicPartition]?) {
    self.init()
    groupID = group
    requireStable = true
    let byTopic = partitions.map { Dictionary(grouping: $0, by: \.topic).sorted { $0.key < $1.key } }
    topics = byTopic?.map { name, partitions in
      var topic = OffsetFetchRequestTopic()
      topic.name = name
      topic.partitionIndexes = partitions.map(\.partition).sorted()
      return topic
    }
    var asked = OffsetFetchRequestGroup()
    asked.groupID = group
    asked.topics = byTopic?.map { name, partitions in
      var topic = OffsetFetchRequestTopics()
      topic.name = name
      topic.partitionIndexes = partitions.map(\.partition).sorted()
      return topic
    }
    groups = [asked]
  }

  /// From the next version on topics go by ids.
  package static let lastVersionWithNames: Int16 = 9
}

extension OffsetFetchResponse {
  package var failure: ClientError? {
    var code = groups.first?.errorCode ?? errorCode
    if code == .none {
      let codes =
        topics.flatMap { $0.partitions.map(\.errorCode) }
        + groups.flatMap { $0.topics.flatMap { $0.partitions.map(\.errorCode) } }
      // A partition that is gone has no offset, which is no reason to fail the others.
      code = codes.first { $0 != .none && $0 != .unknownTopicOrPartition } ?? .none
    }
    return code == .none ? nil : ClientError(.refused(code, message: nil), api: .offsetFetch)
  }

  /// Of the partitions that have one.
  package var offsets: [TopicPartition: Int64] {
    var offsets: [TopicPartition: Int64] = [:]
    for topic in topics {
      for partition in topic.partitions where partition.committedOffset >= 0 {
        offsets[TopicPartition(topic.name, partition.partitionIndex)] = partition.committedOffset
      }
    }
    for topic in groups.first?.topics ?? [] {
      for partition in topic.partitions where partition.committedOffset >= 0 {
        offsets[TopicPartition(topic.name, partition.partitionIndex)] = partition.committedOffset
      }
    }
    return offsets
  }
}

extension OffsetCommitRequest {
  /// Of a member, or of nobody when the group has no members. In versions that name topics.
  package init(
    group: String, offsets: [TopicPartition: Int64], generation: Int32 = -1, member: String = "",
    instance: String? = nil
  ) {
    self.init()
    groupID = group
    generationIDOrMemberEpoch = generation
    memberID = member
    groupInstanceID = instance
    topics = Dictionary(grouping: offsets, by: \.key.topic).sorted { $0.key < $1.key }.map { name, offsets in
      var topic = OffsetCommitRequestTopic()
      topic.name = name
      topic.partitions = offsets.sorted { $0.key.partition < $1.key.partition }.map { partition, offset in
        var committed = OffsetCommitRequestPartition()
        committed.partitionIndex = partition.partition
        committed.committedOffset = offset
        committed.committedMetadata = ""
        return committed
      }
      return topic
    }
  }

  /// From the next version on topics go by ids.
  package static let lastVersionWithNames: Int16 = 9
}
