import Base
import Coordination
import KafkaProtocol
import Testing

/// A group that moves from the classic protocol to the next-generation one and back.
@Suite struct GroupMigrationTests {
  private func subscription(_ topics: [String]) throws -> [UInt8] {
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = topics
    return try subscription.encodedWithVersion(1)
  }

  private func assignment(_ topics: [String: [Int32]]) throws -> [UInt8] {
    var assignment = ConsumerProtocolAssignment()
    assignment.assignedPartitions = topics.map { name, partitions in
      var topic = ConsumerProtocolAssignment.TopicPartition()
      topic.topic = name
      topic.partitions = partitions
      return topic
    }
    return try assignment.encodedWithVersion(1)
  }

  private func partitions(_ synced: SyncGroupReply?) throws -> [Int32] {
    let bytes = try #require(synced).assignment
    return try ConsumerProtocolAssignment(decodingWithVersion: bytes).assignedPartitions.flatMap(\.partitions)
  }

  /// A stable classic group whose one member has all four partitions of `t`; returns its id.
  private func classic(_ it: GroupHarness, instance: String? = nil) throws -> String {
    it.setTopics(["t": 4])
    let joined = it.join(it.parameters(instance: instance, metadata: try subscription(["t"])))
    while it.answers[joined] == nil { it.wait(milliseconds: 100) }
    let id = try #require(it.joined(joined)).memberID
    _ = it.sync(id, 1, instance: instance, [id: try assignment(["t": [0, 1, 2, 3]])])
    #expect(it.state == .stable)
    return id
  }

  @Test func classicMembersStayWhenTheGroupMovesOn() throws {
    let it = GroupHarness()
    let old = try classic(it)
    _ = it.commit([0: 9], old, 1)
    let joined = try #require(it.ask(it.joining("new")))
    #expect(joined.error == .none && joined.epoch == 2 && joined.assignment == PartitionSet())
    #expect(it.description == nil)
    #expect(it.member(old)?.metadata.classic?.protocols.map(\.name) == ["range"])
    #expect(it.member(old)?.state.assigned.count == 4)
    #expect(it.offset() == 9)
    // The old one is told to join again; it gives up two, and only then has the new one them.
    #expect(it.heartbeat(old, 1) == .rebalanceInProgress)
    #expect(it.beat("new", 2)?.assignment == nil)
    let parameters = it.parameters(old, metadata: try subscription(["t"]))
    #expect(it.joined(it.join(parameters))?.generation == 1)
    #expect(try partitions(it.synced(it.sync(old, 1))).count == 2)
    #expect(it.heartbeat(old, 1) == .rebalanceInProgress)
    #expect(it.joined(it.join(parameters))?.generation == 2)
    #expect(try partitions(it.synced(it.sync(old, 2))).count == 2)
    #expect(it.heartbeat(old, 2) == .none)
    #expect(it.beat("new", 2)?.assignment?.count == 2)
    #expect(it.consumerGroup?.state == .stable)
    #expect(it.committed(it.commit([0: 10], old, 2)) == [ErrorCode.none])
    #expect(it.committed(it.commit([0: 10], old, 1)) == [.illegalGeneration])
    #expect(it.heartbeat("new", 2) == .unknownMemberID)
    let members = it.consumerGroup?.members
    it.restart()
    #expect(it.consumerGroup?.members == members)
    #expect(it.heartbeat(old, 2) == .none)
  }

  @Test func theLastToLeaveTakesTheProtocolWithIt() throws {
    let it = GroupHarness()
    let old = try classic(it)
    _ = it.ask(it.joining("new"))
    #expect(it.beat("new", -1)?.error == ErrorCode.none)
    #expect(it.consumerGroup == nil)
    #expect(it.state == .preparingRebalance)
    #expect(it.causes.map(\.kind) == [.memberJoined, .memberJoined, .memberLeft])
    it.restart()
    #expect(it.consumerGroup == nil && it.description?.members.map(\.member.memberID) == [old])
    let joined = it.joined(it.join(it.parameters(old, metadata: try subscription(["t"]))))
    #expect(joined?.error == ErrorCode.none && joined?.leaderID == old)
    it.compactLog()
    it.restart()
    #expect(it.consumerGroup == nil && it.description?.members.count == 1)
  }

  @Test func staticMembersChangeTheirProtocolInPlace() throws {
    let it = GroupHarness()
    let old = try classic(it, instance: "one")
    let next = try #require(it.ask(it.joining("new", instance: "one")))
    #expect(next.error == .none && next.assignment?.count == 4)
    #expect(it.consumerGroup?.members.map(\.id) == ["new"])
    #expect(it.heartbeat(old, 1, instance: "one") == .fencedInstanceID)
    // And back, the last one of its protocol.
    let joined = it.joined(it.join(it.parameters(instance: "one", metadata: try subscription(["t"]))))
    #expect(joined?.error == ErrorCode.none && joined?.members.count == 1)
    #expect(it.consumerGroup == nil)
    #expect(it.beat("new", 2, instance: "one")?.error == .groupIDNotFound)
  }

  @Test func silentClassicMembersAreTakenOut() throws {
    let it = GroupHarness()
    let old = try classic(it)
    _ = it.ask(it.joining("new"))
    it.wait(milliseconds: 10_000)
    #expect(it.causes.last?.kind == .sessionExpired && it.causes.last?.member.memberID == old)
    #expect(it.beat("new", 2)?.assignment?.count == 4)
  }

  @Test func aRebalanceUnderWayComesToItsEndFirst() throws {
    let it = GroupHarness()
    let old = try classic(it)
    let waiting = it.join(it.parameters(client: "late", metadata: try subscription(["t"])))
    // As long as the classic members agree on who reads what, the others wait.
    #expect(it.ask(it.joining("new"))?.error == .coordinatorLoadInProgress)
    _ = it.join(it.parameters(old, metadata: try subscription(["t"])))
    let late = try #require(it.joined(waiting)).memberID
    _ = it.sync(late, 2)
    _ = it.sync(old, 2, [old: try assignment(["t": [0, 1]]), late: try assignment(["t": [2, 3]])])
    #expect(it.ask(it.joining("new"))?.error == ErrorCode.none)
    #expect(it.member(late)?.state.assigned == it.partitions(["t": [2, 3]]))
    #expect(it.left(it.leave([GroupMemberIdentity(memberID: old)]))?.members.map(\.error) == [ErrorCode.none])
    #expect(it.left(it.leave([GroupMemberIdentity(memberID: old)]))?.members.map(\.error) == [.unknownMemberID])
    #expect(it.causes.last?.clientReason == "bye")
  }

  @Test func groupsThatAreNoConsumersStayAsTheyAre() throws {
    let it = GroupHarness()
    _ = it.stabilize([it.parameters(metadata: [9])])
    let answer = it.ask(it.joining("new"))
    #expect(answer?.error == .groupIDNotFound)
    #expect(it.state == .stable)
    // Nor does a consumer group take a member whose subscription it cannot read, or that knows no common assignor.
    let other = GroupHarness()
    _ = try classic(other)
    _ = other.ask(other.joining("new"))
    #expect(other.joined(other.join(other.parameters(metadata: [9])))?.error == .inconsistentGroupProtocol)
    // One that was taken out comes back as a new member.
    #expect(
      other.joined(other.join(other.parameters("gone", metadata: try subscription(["t"]))))?.error == .unknownMemberID)
    let named = other.joined(other.join(other.parameters(metadata: try subscription(["t"]), knowsID: true)))
    #expect(named?.error == .memberIDRequired)
    let known = other.parameters(named?.memberID ?? "", metadata: try subscription(["t"]))
    #expect(other.joined(other.join(known))?.error == ErrorCode.none)
    let foreign = other.parameters(protocols: ["sticky"], metadata: try subscription(["t"]))
    #expect(other.joined(other.join(foreign))?.error == .inconsistentGroupProtocol)
  }

  @Test func aMoveThatCouldNotBeWrittenIsWrittenLater() throws {
    let it = GroupHarness()
    let old = try classic(it)
    it.commitsAtOnce = false
    let first = it.send(it.joining("new"))
    it.commit(error: .kafkaStorageError)
    #expect(it.heard(first)?.error == .notCoordinator)
    let second = it.send(it.joining("new"))
    it.commit()
    #expect(it.heard(second)?.error == ErrorCode.none)
    let members = it.consumerGroup?.members
    it.restart()
    #expect(it.consumerGroup?.members == members && members?.count == 2)
    let third = it.send(it.joining("new"))
    _ = it.send(
      ConsumerHeartbeatParameters(
        groupID: "g", member: GroupMemberIdentity(memberID: "new"), epoch: -1, clientID: "c", clientHost: "h"))
    while !it.pending.isEmpty { it.commit(error: .kafkaStorageError) }
    #expect(it.heard(third) != nil)
    let joined = it.join(it.parameters(old, metadata: try subscription(["t"])))
    _ = it.sync(old, try #require(it.joined(joined)).generation, [old: try assignment(["t": [0]])])
    it.commit()
    it.compactLog()
    it.restart()
    #expect(it.consumerGroup == nil && it.state == .stable)
  }
}
