import Base
import Coordination
import KafkaProtocol

extension GroupHarness {
  /// The id of a topic of this name in `setTopics`.
  static func topicID(_ name: String) -> UUID { UUID(high: 7, low: NameHash.of(name)) }

  /// Replaces the catalog: names and their numbers of partitions.
  func setTopics(_ counts: [String: Int32]) {
    topics = TopicCatalog(
      version: topics.version + 1,
      Dictionary(
        uniqueKeysWithValues: counts.map { name, count in
          (
            name,
            TopicCatalog.Topic(
              id: Self.topicID(name), partitionCount: count, isInternal: name.hasPrefix("__"))
          )
        }))
  }

  func partitions(_ wanted: [String: [Int32]]) -> PartitionSet {
    PartitionSet(wanted.map { (Self.topicID($0.key), $0.value) })
  }

  /// A request that says everything, as a member does that joins.
  func joining(
    _ memberID: String, instance: String? = nil, topics: [String]? = ["t"], pattern: String? = nil,
    assignor: String? = nil, rebalance: Int32? = 60_000
  ) -> ConsumerHeartbeatParameters {
    ConsumerHeartbeatParameters(
      groupID: Self.group, member: GroupMemberIdentity(memberID: memberID, instanceID: instance), epoch: 0,
      clientID: "c-\(memberID)", clientHost: "/127.0.0.1", rebalanceTimeoutMs: rebalance, topics: topics,
      pattern: pattern, assignor: assignor, owned: PartitionSet())
  }

  func send(_ parameters: ConsumerHeartbeatParameters) -> GroupRequestID {
    let request = nextRequest()
    coordinator.consumerHeartbeat(parameters, request: request, now: now)
    takeEffects()
    return request
  }

  func heard(_ request: GroupRequestID) -> ConsumerHeartbeatReply? {
    if case .consumerHeartbeat(let answer) = answers[request] { answer } else { nil }
  }

  func ask(_ parameters: ConsumerHeartbeatParameters) -> ConsumerHeartbeatReply? { heard(send(parameters)) }

  /// A heartbeat that says what the member has, or nothing.
  func beat(
    _ memberID: String, _ epoch: Int32, owned: PartitionSet? = nil, instance: String? = nil
  ) -> ConsumerHeartbeatReply? {
    ask(
      ConsumerHeartbeatParameters(
        groupID: Self.group, member: GroupMemberIdentity(memberID: memberID, instanceID: instance), epoch: epoch,
        clientID: "c-\(memberID)", clientHost: "/127.0.0.1", owned: owned))
  }

  var consumerGroup: ConsumerGroupDescription? { coordinator.describeConsumerGroup(Self.group) }

  func member(_ id: String) -> ConsumerGroupDescription.Member? { consumerGroup?.members.first { $0.id == id } }
}

/// A number for a name, the same in each run.
private enum NameHash {
  static func of(_ name: String) -> UInt64 {
    name.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  }
}
