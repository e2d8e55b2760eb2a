import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

@Suite struct GroupHandlerTests {
  /// A broker with a topic `t` of two partitions, whose group coordinators are open.
  private func broker(_ settings: [String: String] = [:]) throws -> GroupBroker {
    var settings = settings
    settings["group.initial.rebalance.delay.ms"] = settings["group.initial.rebalance.delay.ms"] ?? "100"
    settings["offsets.topic.num.partitions"] = "4"
    let it = try GroupBroker(settings)
    _ = try it.test.createTopic("t", partitions: 2)
    var find = FindCoordinatorRequest()
    find.key = "g"
    #expect(try it.ask(find, 3).port == 9092)
    return it
  }

  private func join(_ memberID: String = "", instance: String? = nil) -> JoinGroupRequest {
    var request = JoinGroupRequest()
    request.groupID = "g"
    request.sessionTimeoutMs = 10_000
    request.rebalanceTimeoutMs = 20_000
    request.memberID = memberID
    request.groupInstanceID = instance
    request.protocolType = "consumer"
    var range = JoinGroupRequest.JoinGroupRequestProtocol()
    range.name = "range"
    range.metadata = [1, 2]
    request.protocols = [range]
    return request
  }

  private func sync(_ memberID: String, _ generation: Int32, _ assignments: [String: [UInt8]]) -> SyncGroupRequest {
    var request = SyncGroupRequest()
    request.groupID = "g"
    request.memberID = memberID
    request.generationID = generation
    request.protocolType = "consumer"
    request.protocolName = "range"
    request.assignments = assignments.map { id, bytes in
      var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
      assignment.memberID = id
      assignment.assignment = bytes
      return assignment
    }
    return request
  }

  /// A stable group of one member; returns its id.
  private func stable(_ it: GroupBroker, _ version: Int16) throws -> String {
    var joining = try it.send(join(), version)
    if version >= 4 {
      let answer: JoinGroupResponse = try #require(try it.response(joining, version))
      #expect(answer.errorCode == .memberIDRequired)
      joining = try it.send(join(answer.memberID), version)
    }
    it.wait(milliseconds: 100)
    let joined: JoinGroupResponse = try #require(try it.response(joining, version))
    #expect(joined.errorCode == .none)
    #expect(joined.leader == joined.memberID)
    #expect(joined.members.map(\.metadata) == [[1, 2]])
    let synced = try it.ask(sync(joined.memberID, joined.generationID, [joined.memberID: [9]]), 5)
    #expect(synced.assignment == [9])
    return joined.memberID
  }

  private func commit(
    _ offset: Int64, _ memberID: String = "", _ generation: Int32 = -1, partition: Int32 = 0, topicID: UUID = .zero
  ) -> OffsetCommitRequest {
    var request = OffsetCommitRequest()
    request.groupID = "g"
    request.memberID = memberID
    request.generationIDOrMemberEpoch = generation
    var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
    topic.name = "t"
    topic.topicID = topicID
    var one = OffsetCommitRequest.OffsetCommitRequestPartition()
    one.partitionIndex = partition
    one.committedOffset = offset
    one.committedMetadata = nil
    topic.partitions = [one]
    request.topics = [topic]
    return request
  }

  private func committed(_ it: GroupBroker, _ partition: Int32 = 0) throws -> Int64? {
    var request = OffsetFetchRequest()
    var group = OffsetFetchRequest.OffsetFetchRequestGroup()
    group.groupID = "g"
    var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
    topic.name = "t"
    topic.partitionIndexes = [partition]
    group.topics = [topic]
    request.groups = [group]
    return try it.ask(request, 8).groups.first?.topics.first?.partitions.first?.committedOffset
  }

  @Test(arguments: 0...9 as ClosedRange<Int16>)
  func aMemberOfEveryVersion(version: Int16) throws {
    let it = try broker()
    let id = try stable(it, version)
    #expect(id.hasPrefix("test-"))
    var heartbeat = HeartbeatRequest()
    heartbeat.groupID = "g"
    heartbeat.memberID = id
    heartbeat.generationID = 1
    for version in HeartbeatRequest.versions { #expect(try it.ask(heartbeat, version).errorCode == .none) }
    var describe = DescribeGroupsRequest()
    describe.groups = ["g", "other"]
    for version in DescribeGroupsRequest.versions {
      let groups = try it.ask(describe, version).groups
      #expect(groups.map(\.groupState) == ["Stable", "Dead"])
      #expect(groups[0].members.map(\.clientHost) == ["/10.0.0.1"])
      #expect(groups[0].members.map(\.memberAssignment) == [[9]])
      #expect(groups[1].errorCode == (version >= 6 ? .groupIDNotFound : .none))
      #expect(groups[0].rebalances.map(\.cause) == (version >= 5 ? ["joined"] : []))
      #expect(groups[0].rebalances.allSatisfy { $0.memberID == id && $0.clientID == "test" })
    }
  }

  @Test(arguments: LeaveGroupRequest.versions)
  func leavesInEveryVersion(version: Int16) throws {
    let it = try broker()
    var leave = LeaveGroupRequest()
    leave.groupID = "g"
    leave.memberID = try stable(it, 5)
    var member = LeaveGroupRequest.MemberIdentity()
    member.memberID = leave.memberID
    leave.members = [member]
    let answer = try it.ask(leave, version)
    #expect(answer.errorCode == .none)
    #expect(answer.members.map(\.errorCode) == (version >= 3 ? [.none] : []))
    let again = try it.ask(leave, version)
    #expect(again.errorCode == (version >= 3 ? .none : .unknownMemberID))
    #expect(again.members.map(\.errorCode) == (version >= 3 ? [.unknownMemberID] : []))
  }

  @Test(arguments: OffsetCommitRequest.versions)
  func commitsInEveryVersion(version: Int16) throws {
    let it = try broker()
    let topicID = try #require(it.broker.topics.topic(named: "t")?.id)
    let answer = try it.ask(commit(7, topicID: topicID), version)
    #expect(answer.topics.map { $0.partitions.map(\.errorCode) } == [[.none]])
    #expect(answer.topics[0].name == (version >= 10 ? "" : "t"))
    #expect(try committed(it) == 7)
    let missing = try it.ask(commit(7, partition: 9, topicID: topicID), version)
    #expect(missing.topics[0].partitions.map(\.errorCode) == [.unknownTopicOrPartition])
    let unknown = try it.ask(commit(7, "nobody", 3, topicID: topicID), version)
    #expect(unknown.topics[0].partitions.map(\.errorCode) == [.unknownMemberID])
  }

  @Test(arguments: OffsetFetchRequest.versions)
  func fetchesInEveryVersion(version: Int16) throws {
    let it = try broker()
    let topicID = try #require(it.broker.topics.topic(named: "t")?.id)
    _ = try it.ask(commit(7), 8)
    var request = OffsetFetchRequest()
    request.groupID = "g"
    var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
    topic.name = "t"
    topic.partitionIndexes = [0, 1]
    request.topics = [topic]
    var group = OffsetFetchRequest.OffsetFetchRequestGroup()
    group.groupID = "g"
    var wanted = OffsetFetchRequest.OffsetFetchRequestTopics()
    wanted.name = "t"
    wanted.topicID = topicID
    wanted.partitionIndexes = [0, 1]
    group.topics = [wanted]
    var all = group
    all.topics = nil
    request.groups = [group]
    let answer = try it.ask(request, version)
    if version < 8 {
      #expect(answer.topics.map { $0.partitions.map(\.committedOffset) } == [[7, -1]])
      guard version >= 2 else { return }
      request.topics = nil
      #expect(try it.ask(request, version).topics.map { $0.partitions.map(\.committedOffset) } == [[7]])
    } else {
      #expect(answer.groups.map { $0.topics.map { $0.partitions.map(\.committedOffset) } } == [[[7, -1]]])
      request.groups = [all]
      let topics = try #require(try it.ask(request, version).groups.first).topics
      #expect(topics.map { $0.partitions.map(\.committedOffset) } == [[7]])
      #expect(topics.map(\.topicID) == [version >= 10 ? topicID : .zero])
    }
  }

  @Test(arguments: FindCoordinatorRequest.versions)
  func findsTheCoordinatorInEveryVersion(version: Int16) throws {
    let it = try GroupBroker(["offsets.topic.num.partitions": "3"])
    var request = FindCoordinatorRequest()
    request.key = "a"
    request.coordinatorKeys = ["a", "b"]
    let answer = try it.ask(request, version)
    if version < 4 {
      #expect(answer.host == "broker.test")
      #expect(answer.errorCode == .none)
    } else {
      #expect(answer.coordinators.map(\.key) == ["a", "b"])
      #expect(answer.coordinators.map(\.port) == [9092, 9092])
    }
    #expect(it.broker.topics.topic(named: "__consumer_offsets")?.partitions.count == 3)
    guard version >= 1 else { return }
    request.keyType = 1
    let refused = try it.ask(request, version)
    #expect((version < 4 ? refused.errorCode : refused.coordinators[0].errorCode) == .coordinatorNotAvailable)
  }

  @Test func withoutOffsetsTopicThereIsNoCoordinator() throws {
    let it = try GroupBroker()
    #expect(try it.ask(join(), 9).errorCode == .notCoordinator)
    #expect(try it.ask(sync("a", 1, [:]), 5).errorCode == .notCoordinator)
    #expect(try it.ask(ListGroupsRequest(), 5).groups.isEmpty)
    var delete = DeleteGroupsRequest()
    delete.groupsNames = ["g"]
    #expect(try it.ask(delete, 2).results.map(\.errorCode) == [.groupIDNotFound])
  }

  @Test func aShortRequestGetsNoLongAnswer() throws {
    let it = try broker()
    _ = try it.ask(commit(7), 8)
    var describe = DescribeGroupsRequest()
    describe.groups = Array(repeating: "g", count: 1000)
    #expect(try it.ask(describe, 6).groups.count == 1)
    var request = OffsetFetchRequest()
    var group = OffsetFetchRequest.OffsetFetchRequestGroup()
    group.groupID = "g"
    var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
    topic.name = "t"
    topic.partitionIndexes = [0, 0]
    group.topics = [topic, topic]
    request.groups = [group, group]
    let groups = try it.ask(request, 9).groups
    #expect(groups.map(\.errorCode) == [.none, .invalidRequest])
    #expect(groups[0].topics.map { $0.partitions.map(\.committedOffset) } == [[7, -1], [-1, -1]])
  }

  @Test func aBrokerThatStopsRefusesThoseWhoWait() throws {
    let it = try broker()
    let request = try it.send(join(), 3)
    it.test.processor.refuseGroupWaiters(now: it.test.now)
    it.test.settle()
    #expect(try it.response(request, 3, as: JoinGroupResponse.self)?.errorCode == .notCoordinator)
  }

  @Test func listsAndDeletes() throws {
    let it = try broker()
    _ = try it.ask(commit(1), 8)
    let id = try { () throws in
      var request = join()
      request.groupID = "busy"
      let joining = try it.send(request, 3)
      it.wait(milliseconds: 100)
      return try #require(try it.response(joining, 3, as: JoinGroupResponse.self)).memberID
    }()
    #expect(!id.isEmpty)
    for version in ListGroupsRequest.versions {
      let groups = try it.ask(ListGroupsRequest(), version).groups
      #expect(Set(groups.map(\.groupID)) == ["g", "busy"])
    }
    var list = ListGroupsRequest()
    list.statesFilter = ["empty"]
    #expect(try it.ask(list, 5).groups.map(\.groupID) == ["g"])
    list.typesFilter = ["consumer"]
    #expect(try it.ask(list, 5).groups.isEmpty)
    var delete = DeleteGroupsRequest()
    delete.groupsNames = ["busy", "g", "none", "g"]
    let deleted = try it.ask(delete, 2).results
    #expect(deleted.map(\.errorCode) == [.nonEmptyGroup, .none, .groupIDNotFound])
    #expect(try it.ask(ListGroupsRequest(), 5).groups.map(\.groupID) == ["busy"])
  }

  @Test func answersWaitForTheDisk() throws {
    let it = try broker()
    it.test.syncsAtOnce = false
    let request = try it.send(commit(5), 8)
    #expect(try it.response(request, 8, as: OffsetCommitResponse.self) == nil)
    #expect(try committed(it) == -1)
    it.test.runSyncs()
    #expect(
      try it.response(request, 8, as: OffsetCommitResponse.self)?.topics[0].partitions[0].errorCode == ErrorCode.none)
    #expect(try committed(it) == 5)
  }

  @Test func aDiskThatFailsIsTold() throws {
    let it = try broker()
    it.test.syncsAtOnce = false
    let request = try it.send(commit(5), 8)
    it.files.failNext(5, "Input/output error")
    it.test.runSyncs()
    let answer: OffsetCommitResponse = try #require(try it.response(request, 8))
    #expect(answer.topics[0].partitions[0].errorCode == .notCoordinator)
    #expect(try committed(it) == -1)
  }

  @Test func aCoordinatorWithoutADiskKeepsNoMembers() throws {
    let it = try broker()
    var heartbeat = HeartbeatRequest()
    heartbeat.groupID = "g"
    heartbeat.memberID = try stable(it, 9)
    heartbeat.generationID = 1
    #expect(try it.ask(heartbeat, 4).errorCode == .none)
    it.test.syncsAtOnce = false
    _ = try it.send(commit(5, heartbeat.memberID, 1), 8)
    it.files.failNext(5, "Input/output error")
    it.test.runSyncs()
    #expect(try it.ask(heartbeat, 4).errorCode == .notCoordinator)
  }

  @Test(arguments: [false, true])
  func groupsSurviveARestart(keptOnDisk: Bool) throws {
    let it = try broker(["flush": keptOnDisk ? "ack" : "os"])
    let id = try stable(it, 9)
    _ = try it.ask(commit(41, id, 1), 8)
    try it.restart()
    #expect(try committed(it) == 41)
    var heartbeat = HeartbeatRequest()
    heartbeat.groupID = "g"
    heartbeat.memberID = id
    heartbeat.generationID = 1
    #expect(try it.ask(heartbeat, 4).errorCode == .none)
    // Nobody is heard of any more, and its loop sees to it.
    it.wait(milliseconds: 10_000)
    #expect(try it.ask(heartbeat, 4).errorCode == .unknownMemberID)
    #expect(it.test.notices.last?.contains("sent no heartbeat") == true)
  }

  @Test func offsetsOfADeletedTopicAreForgotten() throws {
    let it = try broker()
    _ = try it.ask(commit(41), 8)
    var delete = DeleteTopicsRequest()
    var topic = DeleteTopicsRequest.DeleteTopicState()
    topic.name = "t"
    delete.topics = [topic]
    #expect(try it.ask(delete, 6).responses.map(\.errorCode) == [.none])
    _ = try it.test.createTopic("t", partitions: 2)
    #expect(try committed(it) == -1)
    try it.restart()
    #expect(try committed(it) == -1)
  }

  @Test func theLogDoesNotGrowForEver() throws {
    let it = try broker(["offsets.topic.segment.bytes": "1000000"])
    let id = try stable(it, 9)
    var sizes: [Int64] = []
    let topic = try #require(it.broker.topics.topic(named: "__consumer_offsets"))
    let request = commit(0, id, 1)
    var offset: Int64 = 0
    for _ in 0..<4000 {
      offset += 1
      var request = request
      request.topics[0].partitions[0].committedOffset = offset
      // What makes a record long.
      request.topics[0].partitions[0].committedMetadata = String(repeating: "x", count: 4000)
      _ = try it.ask(request, 8)
      if offset.isMultiple(of: 100) {
        it.broker.compact(now: it.test.now, effects: &it.test.processor.effects)
        it.test.settle()
      }
      if offset.isMultiple(of: 50) { sizes.append(topic.partitions.map(\.size).max() ?? 0) }
    }
    #expect(try #require(sizes.max()) < 4 << 20)
    #expect(offset * 4000 > 12 << 20)
    try it.restart()
    #expect(try committed(it) == offset)
    #expect(it.test.warnings.isEmpty)
  }
}
