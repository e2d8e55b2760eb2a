import Base
import KafkaProtocol

extension GroupCoordinator {
  /// The committed offset of one partition; nil: none.
  public func offset(_ groupID: String, _ partition: TopicPartition) -> CommittedOffset? {
    groups[groupID]?.offsets[partition.topic]?[partition.partition]?.offset
  }

  /// All committed offsets of a group, by topic and partition in order.
  public func offsets(_ groupID: String) -> [(partition: TopicPartition, offset: CommittedOffset)] {
    guard let group = groups[groupID] else { return [] }
    return group.partitionsWithOffsets(includingPending: false).compactMap { partition in
      group.offsets[partition.topic]?[partition.partition].map { (partition, $0.offset) }
    }
  }

  /// Topics in which some group has a committed offset.
  public var topicsWithOffsets: Set<String> {
    groups.values.reduce(into: []) { $0.formUnion($1.offsets.keys) }
  }

  /// The groups whose state is among `states`, in any case of letters; all of them when that is empty.
  public func list(states: [String] = []) -> [GroupListing] {
    let wanted = Set(states.map { $0.lowercased() })
    return groups.values.map { group in
      GroupListing(
        groupID: group.id, state: group.stateName, isConsumerGroup: group.consumer != nil,
        protocolType: group.consumer == nil ? group.protocolType ?? "" : "consumer")
    }.filter { wanted.isEmpty || wanted.contains($0.state.lowercased()) }.sorted { $0.groupID < $1.groupID }
  }

  /// A group of the next-generation protocol; nil: there is none of that name.
  public func describeConsumerGroup(_ groupID: String) -> ConsumerGroupDescription? {
    guard let group = groups[groupID] else { return nil }
    return group.consumer?.describe(groupID, isDead: group.state == .dead, rebalances: group.rebalances)
  }

  /// Whether offsets may be fetched in a member's name (OffsetFetch 9 and later).
  public func offsetFetchError(_ groupID: String, memberID: String?, epoch: Int32) -> ErrorCode {
    guard memberID?.isEmpty == false || epoch >= 0, let consumer = groups[groupID]?.consumer else { return .none }
    return consumer.error(forOffsetsOf: memberID ?? "", epoch: epoch, isAware: true)
  }

  /// A classic group; nil: there is none of that name.
  public func describe(_ groupID: String) -> GroupDescription? {
    guard let group = groups[groupID], group.consumer == nil else { return nil }
    let isStable = group.state == .stable
    return GroupDescription(
      groupID: groupID, state: group.state, generation: group.generation, protocolType: group.protocolType ?? "",
      protocolName: isStable ? group.protocolName ?? "" : "", leaderID: group.leaderID,
      members: group.members.list.map { member in
        GroupDescription.Member(
          member: member.identity, clientID: member.clientID, clientHost: member.clientHost,
          metadata: isStable ? member.metadata(for: group.protocolName) : [],
          assignment: isStable ? member.assignment : [])
      },
      rebalances: group.rebalances)
  }
}
