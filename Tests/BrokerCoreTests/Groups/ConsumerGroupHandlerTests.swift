import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// The next-generation group protocol through a whole broker.
@Suite struct ConsumerGroupHandlerTests {
  private func broker(_ settings: [String: String] = [:]) throws -> GroupBroker {
    var settings = settings
    settings["offsets.topic.num.partitions"] = "4"
    settings["group.initial.rebalance.delay.ms"] = "100"
    let it = try GroupBroker(settings)
    _ = try it.test.createTopic("t", partitions: 2)
    var find = FindCoordinatorRequest()
    find.key = "g"
    #expect(try it.ask(find, 3).port == 9092)
    return it
  }

  private func heartbeat(_ memberID: String, _ epoch: Int32) -> ConsumerGroupHeartbeatRequest {
    var request = ConsumerGroupHeartbeatRequest()
    request.groupID = "g"
    request.memberID = memberID
    request.memberEpoch = epoch
    return request
  }

  private func joining(_ memberID: String, topics: [String] = ["t"]) -> ConsumerGroupHeartbeatRequest {
    var request = heartbeat(memberID, 0)
    request.rebalanceTimeoutMs = 30_000
    request.subscribedTopicNames = topics
    request.topicPartitions = []
    return request
  }

  private func describe(_ it: GroupBroker) throws -> ConsumerGroupDescribeResponse.DescribedGroup {
    var request = ConsumerGroupDescribeRequest()
    request.groupIDs = ["g"]
    return try #require(try it.ask(request, 1).groups.first)
  }

  @Test(arguments: [0, 1] as [Int16])
  func aMemberJoinsAndIsDescribed(version: Int16) throws {
    let it = try broker(["group.consumer.heartbeat.interval.ms": "1234"])
    let joined = try it.ask(joining(version == 0 ? "" : "m"), version)
    #expect(joined.errorCode == .none && joined.memberEpoch == 1 && joined.heartbeatIntervalMs == 1234)
    let memberID = try #require(joined.memberID)
    let topicID = try #require(it.broker.topics.topic(named: "t")).id
    #expect(joined.assignment?.topicPartitions.map(\.topicID) == [topicID])
    #expect(joined.assignment?.topicPartitions.map(\.partitions) == [[0, 1]])
    let group = try describe(it)
    #expect(group.groupState == "Stable" && group.groupEpoch == 1 && group.assignorName == "uniform")
    #expect(group.members.map(\.memberID) == [memberID] && group.members.map(\.clientHost) == ["/10.0.0.1"])
    #expect(group.members[0].assignment.topicPartitions.map(\.topicName) == ["t"] && group.members[0].memberType == 1)
    #expect(group.rebalances.map(\.cause) == ["joined"])
    let listed = try it.ask(ListGroupsRequest(), 5)
    #expect(listed.groups.map(\.groupType) == ["consumer"] && listed.groups.map(\.groupState) == ["Stable"])
    var classic = ListGroupsRequest()
    classic.typesFilter = ["Classic"]
    #expect(try it.ask(classic, 5).groups.isEmpty)
    var old = DescribeGroupsRequest()
    old.groups = ["g"]
    #expect(try it.ask(old, 6).groups.map(\.errorCode) == [.groupIDNotFound])
  }

  @Test func membersOutliveTheBroker() throws {
    let it = try broker()
    _ = try it.ask(joining("m"), 1)
    try it.restart()
    let group = try describe(it)
    #expect(group.groupState == "Stable" && group.groupEpoch == 1 && group.members.map(\.memberID) == ["m"])
    #expect(try it.ask(heartbeat("m", 1), 1).errorCode == .none)
    it.wait(milliseconds: 45_000)
    #expect(try describe(it).groupState == "Empty")
    #expect(try it.ask(heartbeat("m", 1), 1).errorCode == .unknownMemberID)
  }

  @Test func offsetsAreFencedByTheEpoch() throws {
    let it = try broker()
    _ = try it.ask(joining("m"), 1)
    func commit(_ epoch: Int32, _ version: Int16) throws -> ErrorCode? {
      var request = OffsetCommitRequest()
      request.groupID = "g"
      request.memberID = "m"
      request.generationIDOrMemberEpoch = epoch
      var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
      topic.name = "t"
      var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
      partition.committedOffset = 4
      topic.partitions = [partition]
      request.topics = [topic]
      return try it.ask(request, version).topics.first?.partitions.first?.errorCode
    }
    #expect(try commit(1, 9) == ErrorCode.none)
    #expect(try commit(2, 9) == .staleMemberEpoch)
    #expect(try commit(1, 8) == .unsupportedVersion)
    func fetch(_ epoch: Int32) throws -> OffsetFetchResponse.OffsetFetchResponseGroup? {
      var request = OffsetFetchRequest()
      var group = OffsetFetchRequest.OffsetFetchRequestGroup()
      group.groupID = "g"
      group.memberID = "m"
      group.memberEpoch = epoch
      group.topics = nil
      request.groups = [group]
      return try it.ask(request, 9).groups.first
    }
    #expect(try fetch(1)?.topics.first?.partitions.map(\.committedOffset) == [4])
    #expect(try fetch(3)?.errorCode == .staleMemberEpoch)
  }

  @Test func topicsThatAreMadeLaterAreAssigned() throws {
    let it = try broker()
    _ = try it.ask(joining("m", topics: ["t", "later"]), 1)
    _ = try it.test.createTopic("later", partitions: 3)
    let heard = try it.ask(heartbeat("m", 1), 1)
    #expect(heard.memberEpoch == 2)
    #expect(heard.assignment?.topicPartitions.reduce(0) { $0 + $1.partitions.count } == 5)
  }

  @Test func groupsThatAreNotThereAreNamed() throws {
    let it = try broker()
    let group = try describe(it)
    #expect(group.errorCode == .groupIDNotFound && group.errorMessage?.contains("g") == true)
    #expect(try it.ask(heartbeat("m", 3), 1).errorCode == .groupIDNotFound)
    #expect(try it.ask(heartbeat("m", 0), 1).errorCode == .invalidRequest)
  }
}
