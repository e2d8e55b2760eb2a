import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// OffsetDelete (KIP-496), as an operator sends it.
@Suite struct OffsetDeletionTests {
  private func broker() throws -> GroupBroker {
    let it = try GroupBroker(["group.initial.rebalance.delay.ms": "100", "offsets.topic.num.partitions": "4"])
    for name in ["t", "u"] { _ = try it.test.createTopic(name, partitions: 2) }
    var find = FindCoordinatorRequest()
    find.key = "g"
    #expect(try it.ask(find, 3).port == 9092)
    return it
  }

  private func commit(_ it: GroupBroker, _ topic: String, _ memberID: String = "", _ generation: Int32 = -1) throws {
    var request = OffsetCommitRequest()
    request.groupID = "g"
    request.memberID = memberID
    request.generationIDOrMemberEpoch = generation
    var commits = OffsetCommitRequest.OffsetCommitRequestTopic()
    commits.name = topic
    commits.partitions = (0...1 as ClosedRange<Int32>).map { index in
      var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
      partition.partitionIndex = index
      partition.committedOffset = 7
      return partition
    }
    request.topics = [commits]
    #expect(try it.ask(request, 8).topics[0].partitions.map(\.errorCode) == [.none, .none])
  }

  private func committed(_ it: GroupBroker) throws -> [String] {
    var request = OffsetFetchRequest()
    var group = OffsetFetchRequest.OffsetFetchRequestGroup()
    group.groupID = "g"
    group.topics = nil
    request.groups = [group]
    return try it.ask(request, 8).groups[0].topics.flatMap { topic in
      topic.partitions.map { "\(topic.name)-\($0.partitionIndex)" }
    }
  }

  private func request(_ partitions: [(topic: String, index: Int32)], group: String = "g") -> OffsetDeleteRequest {
    var request = OffsetDeleteRequest()
    request.groupID = group
    request.topics = partitions.map { name, index in
      var partition = OffsetDeleteRequest.OffsetDeleteRequestPartition()
      partition.partitionIndex = index
      var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
      topic.name = name
      topic.partitions = [partition]
      return topic
    }
    return request
  }

  private func errors(_ response: OffsetDeleteResponse) -> [ErrorCode] {
    response.topics.flatMap { $0.partitions.map(\.errorCode) }
  }

  @Test func offsetsOfAGroupWithoutMembersGoAndStayAway() throws {
    let it = try broker()
    for topic in ["t", "u"] { try commit(it, topic) }
    let response = try it.ask(request([("t", 0), ("t", 9), ("missing", 0), ("u", 1), ("t", 0)]), 0)
    #expect(response.errorCode == .none)
    #expect(errors(response) == [.none, .unknownTopicOrPartition, .unknownTopicOrPartition, .none, .none])
    #expect(try committed(it) == ["t-1", "u-0"])
    // What is not there is no error.
    #expect(errors(try it.ask(request([("t", 0)]), 0)) == [.none])
    try it.restart()
    #expect(try committed(it) == ["t-1", "u-0"])
  }

  @Test func theGroupMustBeThere() throws {
    let it = try broker()
    for (group, error) in [("other", ErrorCode.groupIDNotFound), ("", .invalidGroupID)] {
      let response = try it.ask(request([("t", 0), ("t", 9)], group: group), 0)
      #expect(response.errorCode == error)
      #expect(response.topics.isEmpty)
    }
    // Nothing of it exists, so that the coordinator is not asked.
    let response = try it.ask(request([("t", 9)], group: "other"), 0)
    #expect(response.errorCode == .none)
    #expect(errors(response) == [.unknownTopicOrPartition])
  }

  /// A stable group of one member; returns its id.
  private func stabilize(_ it: GroupBroker, type: String, metadata: [UInt8]) throws -> String {
    var request = JoinGroupRequest()
    request.groupID = "g"
    request.sessionTimeoutMs = 10_000
    request.rebalanceTimeoutMs = 20_000
    request.protocolType = type
    var range = JoinGroupRequest.JoinGroupRequestProtocol()
    range.name = "range"
    range.metadata = metadata
    request.protocols = [range]
    let joining = try it.send(request, 3)
    it.wait(milliseconds: 100)
    let joined: JoinGroupResponse = try #require(try it.response(joining, 3))
    var sync = SyncGroupRequest()
    sync.groupID = "g"
    sync.memberID = joined.memberID
    sync.generationID = joined.generationID
    #expect(try it.ask(sync, 3).errorCode == .none)
    return joined.memberID
  }

  @Test func whatMembersReadStays() throws {
    let it = try broker()
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = ["t"]
    let member = try stabilize(it, type: "consumer", metadata: try subscription.encodedWithVersion(1))
    for topic in ["t", "u"] { try commit(it, topic, member, 1) }
    let response = try it.ask(request([("t", 0), ("u", 0)]), 0)
    #expect(response.errorCode == .none)
    #expect(errors(response) == [.groupSubscribedToTopic, .none])
    #expect(try committed(it) == ["t-0", "t-1", "u-1"])
  }

  /// The same for a group of the next-generation protocol (KIP-848).
  @Test func whatConsumersReadStays() throws {
    let it = try broker()
    var heartbeat = ConsumerGroupHeartbeatRequest()
    heartbeat.groupID = "g"
    heartbeat.memberID = "member"
    heartbeat.memberEpoch = 0
    heartbeat.rebalanceTimeoutMs = 10_000
    heartbeat.subscribedTopicNames = ["t"]
    heartbeat.topicPartitions = []
    let joined = try it.ask(heartbeat, 1)
    #expect(joined.errorCode == .none)
    for topic in ["t", "u"] {
      var request = OffsetCommitRequest()
      request.groupID = "g"
      request.memberID = "member"
      request.generationIDOrMemberEpoch = joined.memberEpoch
      var commits = OffsetCommitRequest.OffsetCommitRequestTopic()
      commits.name = topic
      commits.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition()]
      request.topics = [commits]
      #expect(try it.ask(request, 9).topics[0].partitions.map(\.errorCode) == [.none])
    }
    let response = try it.ask(request([("t", 0), ("u", 0)]), 0)
    #expect(response.errorCode == .none)
    #expect(errors(response) == [.groupSubscribedToTopic, .none])
    #expect(try committed(it) == ["t-0"])
    // Once it has left, nobody reads anything.
    heartbeat.memberEpoch = -1
    #expect(try it.ask(heartbeat, 1).errorCode == .none)
    #expect(errors(try it.ask(request([("t", 0)]), 0)) == [.none])
    #expect(try committed(it) == [])
  }

  @Test func whatCannotBeToldStays() throws {
    let it = try broker()
    let member = try stabilize(it, type: "consumer", metadata: [1, 2])
    try commit(it, "t", member, 1)
    #expect(errors(try it.ask(request([("t", 0)]), 0)) == [.groupSubscribedToTopic])
    #expect(try committed(it) == ["t-0", "t-1"])
  }

  @Test func aGroupOfAnotherKindMustBeEmpty() throws {
    let it = try broker()
    let member = try stabilize(it, type: "connect", metadata: [1, 2])
    try commit(it, "t", member, 1)
    let response = try it.ask(request([("t", 0)]), 0)
    #expect(response.errorCode == .nonEmptyGroup)
    #expect(response.topics.isEmpty)
    it.wait(milliseconds: 11_000)
    #expect(errors(try it.ask(request([("t", 0)]), 0)) == [.none])
    #expect(try committed(it) == ["t-1"])
  }

  @Test func theAnswerWaitsForTheDisk() throws {
    let it = try broker()
    try commit(it, "t")
    it.test.syncsAtOnce = false
    let waiting = try it.send(request([("t", 0)]), 0)
    #expect(try it.response(waiting, 0, as: OffsetDeleteResponse.self) == nil)
    #expect(try committed(it) == ["t-0", "t-1"])
    it.test.runSyncs()
    #expect(try it.response(waiting, 0, as: OffsetDeleteResponse.self)?.errorCode == ErrorCode.none)
    #expect(try committed(it) == ["t-1"])
    let failing = try it.send(request([("t", 1)]), 0)
    it.files.failNext(5, "Input/output error")
    it.test.runSyncs()
    #expect(try it.response(failing, 0, as: OffsetDeleteResponse.self)?.errorCode == .notCoordinator)
    #expect(try committed(it) == ["t-1"])
  }
}
