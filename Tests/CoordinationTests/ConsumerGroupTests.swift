import Base
import Coordination
import KafkaProtocol
import Testing

/// Single steps of the next-generation protocol.
@Suite struct ConsumerGroupTests {
  private func group(_ topics: [String: Int32] = ["t": 4], _ change: (inout GroupConfiguration) -> Void = { _ in })
    -> GroupHarness
  {
    let it = GroupHarness(change)
    it.setTopics(topics)
    return it
  }

  @Test func theFirstMemberHasAllAtOnce() throws {
    let it = group()
    let answer = try #require(it.ask(it.joining("a")))
    #expect(answer.error == .none && answer.memberID == "a" && answer.epoch == 1)
    #expect(answer.heartbeatIntervalMs == 5000)
    #expect(answer.assignment == it.partitions(["t": [0, 1, 2, 3]]))
    #expect(it.consumerGroup?.state == .stable)
    #expect(it.causes.map(\.kind) == [.memberJoined])
    // Nothing has changed: nothing is said, and nothing written.
    let written = it.log.count
    let again = try #require(it.beat("a", 1, owned: it.partitions(["t": [0, 1, 2, 3]])))
    #expect(again.error == .none && again.epoch == 1 && again.assignment == nil)
    #expect(it.log.count == written)
  }

  @Test func partitionsAreGivenUpBeforeOthersHaveThem() throws {
    let it = group()
    _ = it.ask(it.joining("a"))
    let joined = try #require(it.ask(it.joining("b")))
    #expect(joined.epoch == 2)
    #expect(joined.assignment == PartitionSet())
    #expect(it.consumerGroup?.state == .reconciling)
    let all = it.partitions(["t": [0, 1, 2, 3]])
    let told = try #require(it.beat("a", 1, owned: all))
    let kept = try #require(told.assignment)
    #expect(told.epoch == 1 && kept.count == 2)
    // As long as it does not say that it has given them up, nobody else has them.
    #expect(it.beat("a", 1)?.assignment == nil)
    #expect(it.beat("a", 1, owned: all)?.assignment == nil)
    #expect(it.beat("b", 2)?.assignment == nil)
    #expect(it.member("a")?.state.state == 1)
    let released = try #require(it.beat("a", 1, owned: kept))
    #expect(released.epoch == 2)
    let given = try #require(it.beat("b", 2)?.assignment)
    #expect(given == all.subtracting(kept))
    #expect(it.consumerGroup?.state == .stable)
  }

  @Test func leavingFreesAtOnce() throws {
    let it = group()
    _ = it.ask(it.joining("a"))
    _ = it.ask(it.joining("b"))
    #expect(it.beat("a", -1)?.epoch == -1)
    #expect(it.causes.last?.kind == .memberLeft)
    #expect(it.consumerGroup?.state == .assigning)
    let answer = try #require(it.beat("b", 2))
    #expect(answer.epoch == 3 && answer.assignment?.count == 4)
    #expect(it.beat("a", 1)?.error == .unknownMemberID)
    #expect(it.beat("b", -1)?.epoch == -1)
    #expect(it.consumerGroup?.state == .empty)
  }

  @Test func silentMembersAreTakenOut() throws {
    let it = group()
    _ = it.ask(it.joining("a"))
    it.wait(milliseconds: 30_000)
    _ = it.ask(it.joining("b"))
    it.wait(milliseconds: 15_000)
    #expect(it.causes.last?.kind == .sessionExpired)
    #expect(it.causes.last?.member.memberID == "a")
    #expect(it.beat("b", 2)?.assignment?.count == 4)
  }

  @Test func whoGivesNothingUpIsTakenOut() {
    let it = group()
    _ = it.ask(it.joining("a", rebalance: 20_000))
    _ = it.ask(it.joining("b"))
    _ = it.beat("a", 1)
    it.wait(milliseconds: 15_000)
    #expect(it.beat("a", 1)?.error == ErrorCode.none)
    it.wait(milliseconds: 5000)
    #expect(it.causes.last?.kind == .revocationTimedOut)
    #expect(it.beat("a", 1)?.error == .unknownMemberID)
    #expect(it.beat("b", 2)?.assignment?.count == 4)
  }

  @Test func epochsFence() throws {
    let it = group()
    _ = it.ask(it.joining("a"))
    #expect(it.beat("a", 2)?.error == .fencedMemberEpoch)
    _ = it.ask(it.joining("b"))
    let kept = try #require(it.beat("a", 1, owned: it.partitions(["t": [0, 1, 2, 3]]))?.assignment)
    #expect(it.beat("a", 1, owned: kept)?.epoch == 2)
    // The answer was lost: the epoch before will do while the member has no more than it was given.
    #expect(it.beat("a", 1, owned: kept)?.epoch == 2)
    #expect(it.beat("a", 1)?.error == .fencedMemberEpoch)
    #expect(it.beat("a", 1, owned: it.partitions(["t": [0, 1, 2, 3]]))?.error == .fencedMemberEpoch)
    #expect(it.beat("c", 1)?.error == .unknownMemberID)
  }

  @Test func offsetsNeedTheEpoch() throws {
    let it = group()
    _ = it.ask(it.joining("a"))
    #expect(it.committed(it.commit([0: 5], "a", 1, knowsGroupIDNotFound: true)) == [ErrorCode.none])
    #expect(it.committed(it.commit([0: 6], "a", 0, knowsGroupIDNotFound: true)) == [.staleMemberEpoch])
    #expect(it.committed(it.commit([0: 6], "b", 1, knowsGroupIDNotFound: true)) == [.unknownMemberID])
    #expect(it.committed(it.commit([0: 6], "a", 1)) == [.unsupportedVersion])
    #expect(it.committed(it.commit([0: 6])) == [.unknownMemberID])
    #expect(it.offset() == 5)
    let group = GroupHarness.group
    #expect(it.coordinator.offsetFetchError(group, memberID: "a", epoch: 1) == .none)
    #expect(it.coordinator.offsetFetchError(group, memberID: "a", epoch: 7) == .staleMemberEpoch)
    #expect(it.coordinator.offsetFetchError(group, memberID: "b", epoch: 1) == .unknownMemberID)
    #expect(it.coordinator.offsetFetchError(group, memberID: nil, epoch: -1) == .none)
    _ = it.beat("a", -1)
    #expect(it.committed(it.commit([0: 7])) == [ErrorCode.none])
  }

  @Test func requestsThatSayTooLittleAreRefused() {
    let it = group()
    func error(_ change: (inout ConsumerHeartbeatParameters) -> Void) -> ErrorCode? {
      var parameters = it.joining("a")
      change(&parameters)
      return it.ask(parameters)?.error
    }
    #expect(error { $0.groupID = "" } == .invalidRequest)
    #expect(error { $0.member.memberID = "" } == .invalidRequest)
    #expect(error { $0.member.instanceID = "" } == .invalidRequest)
    #expect(error { $0.rackID = "" } == .invalidRequest)
    #expect(error { $0.rebalanceTimeoutMs = nil } == .invalidRequest)
    #expect(error { $0.owned = nil } == .invalidRequest)
    #expect(error { $0.owned = it.partitions(["t": [1]]) } == .invalidRequest)
    #expect(error { $0.topics = nil } == .invalidRequest)
    #expect(error { $0.epoch = -2 } == .invalidRequest)
    #expect(error { $0.epoch = -3 } == .invalidRequest)
    #expect(error { $0.assignor = "best" } == .unsupportedAssignor)
    #expect(error { $0.pattern = "(" } == .invalidRegularExpression)
    #expect(error { $0.epoch = 5 } == .groupIDNotFound)
    #expect(it.coordinator.list().isEmpty)
    // Older clients are given an id.
    var parameters = it.joining("")
    parameters.choosesMemberID = false
    #expect(it.ask(parameters)?.memberID?.count == 22)
  }

  @Test func groupsHaveAMaximumSize() {
    let it = group { $0.consumerMaxSize = 1 }
    #expect(it.ask(it.joining("a"))?.error == ErrorCode.none)
    #expect(it.ask(it.joining("b"))?.error == .groupMaxSizeReached)
    #expect(it.beat("a", 1)?.error == ErrorCode.none)
  }

  @Test func staticMembersComeBackToWhatTheyHad() throws {
    let it = group()
    _ = it.ask(it.joining("a", instance: "one"))
    _ = it.ask(it.joining("b", instance: "two"))
    let kept = try #require(it.beat("a", 1, owned: it.partitions(["t": [0, 1, 2, 3]]))?.assignment)
    _ = it.beat("a", 1, owned: kept)
    _ = it.beat("b", 2)
    #expect(it.ask(it.joining("c", instance: "one"))?.error == .unreleasedInstanceID)
    #expect(it.beat("a", -2, instance: "one")?.epoch == -2)
    let causes = it.causes.count
    let back = try #require(it.ask(it.joining("c", instance: "one")))
    #expect(back.error == .none && back.epoch == 2 && back.assignment == kept)
    #expect(it.causes.count == causes)
    #expect(it.beat("b", 2)?.epoch == 2)
    #expect(it.beat("a", 2, instance: "one")?.error == .fencedInstanceID)
    #expect(it.beat("x", 2, instance: "three")?.error == .unknownMemberID)
    #expect(it.consumerGroup?.members.map(\.id) == ["b", "c"])
    it.restart()
    #expect(it.beat("c", 2, instance: "one")?.error == ErrorCode.none)
  }

  @Test func whatAStaticMemberIsNotToHaveAnyMoreIsFreeWhenItComesBack() throws {
    let it = group()
    _ = it.ask(it.joining("a", instance: "one"))
    _ = it.beat("a", -2, instance: "one")
    _ = it.ask(it.joining("b"))
    let back = try #require(it.ask(it.joining("c", instance: "one")))
    #expect(back.epoch == 2 && back.assignment?.count == 2)
    #expect(it.beat("b", 2)?.assignment?.count == 2)
    #expect(it.consumerGroup?.state == .stable)
  }

  @Test func staticMembersThatStayAwayAreTakenOut() {
    let it = group()
    _ = it.ask(it.joining("a", instance: "one"))
    _ = it.beat("a", -2, instance: "one")
    it.wait(milliseconds: 44_999)
    #expect(it.consumerGroup?.members.count == 1)
    it.wait(milliseconds: 1)
    #expect(it.consumerGroup?.state == .empty)
  }

  @Test func topicsThatComeAndGrowAreAssigned() throws {
    let it = group(["t": 1])
    _ = it.ask(it.joining("a", topics: ["t", "u"]))
    it.setTopics(["t": 2, "u": 1, "v": 1])
    let answer = try #require(it.beat("a", 1))
    #expect(answer.epoch == 2)
    #expect(answer.assignment == it.partitions(["t": [0, 1], "u": [0]]))
    #expect(it.causes.last?.kind == .topicsChanged)
    it.setTopics(["u": 1, "v": 1])
    #expect(it.beat("a", 2)?.assignment == it.partitions(["u": [0]]))
    it.setTopics(["u": 1, "v": 2])
    #expect(it.beat("a", 2, owned: it.partitions(["u": [0]]))?.epoch == 3)
  }

  @Test func regularExpressionsFollowTheTopics() throws {
    let it = group(["logs-a": 1, "logs-b": 1, "metrics": 1, "__consumer_offsets": 1])
    let all = try #require(it.ask(it.joining("a", topics: nil, pattern: "logs-.*")))
    #expect(all.assignment == it.partitions(["logs-a": [0], "logs-b": [0]]))
    it.setTopics(["logs-a": 1, "logs-c": 2, "metrics": 1])
    let next = try #require(it.beat("a", 1, owned: it.partitions(["logs-a": [0], "logs-b": [0]])))
    #expect(next.assignment == it.partitions(["logs-a": [0]]))
    #expect(
      it.beat("a", 1, owned: it.partitions(["logs-a": [0]]))?.assignment
        == it.partitions(["logs-a": [0], "logs-c": [0, 1]]))
    var changed = it.joining("a", topics: ["metrics"], pattern: "")
    changed.epoch = 2
    changed.owned = it.partitions(["logs-a": [0], "logs-c": [0, 1]])
    #expect(it.ask(changed)?.assignment == PartitionSet())
    #expect(it.causes.last?.kind == .subscriptionChanged)
    changed.owned = PartitionSet()
    #expect(it.ask(changed)?.assignment == it.partitions(["metrics": [0]]))
    #expect(it.log.contains(.consumer("g", .pattern("logs-.*", nil))))
  }

  @Test func answersWaitForTheLog() throws {
    let it = group()
    it.commitsAtOnce = false
    let first = it.send(it.joining("a"))
    #expect(it.heard(first) == nil)
    // It rests on the same append.
    let second = it.send(it.joining("b"))
    it.commit()
    #expect(it.heard(first)?.epoch == 1)
    #expect(it.heard(second) == nil)
    it.commit()
    #expect(it.heard(second)?.epoch == 2)
  }

  @Test func whatCouldNotBeWrittenIsWrittenLater() throws {
    let it = group()
    it.commitsAtOnce = false
    let first = it.send(it.joining("a"))
    it.commit(error: .kafkaStorageError)
    #expect(it.heard(first)?.error == .notCoordinator)
    #expect(it.log.isEmpty)
    let second = it.send(it.joining("a"))
    it.commit()
    #expect(it.heard(second)?.epoch == 1)
    let before = it.consumerGroup
    it.restart()
    #expect(it.consumerGroup?.members == before?.members)
    #expect(it.consumerGroup?.epoch == 1)
  }

  @Test func theLogSaysWhatIs() throws {
    let it = group(["t": 4, "logs": 2])
    _ = it.ask(it.joining("a", topics: ["t"], pattern: "lo.s", assignor: "range"))
    _ = it.ask(it.joining("b", instance: "two", topics: ["t", "none"]))
    _ = it.beat("a", 1, owned: it.partitions(["t": [0, 1, 2, 3], "logs": [0, 1]]))
    _ = it.ask(it.joining("c"))
    _ = it.beat("c", -1)
    let before = try #require(it.consumerGroup)
    for isCompacted in [false, true] {
      if isCompacted { it.compactLog() }
      it.restart()
      let after = try #require(it.consumerGroup)
      #expect(after.members == before.members)
      #expect(after.epoch == before.epoch && after.assignmentEpoch == before.assignmentEpoch)
      #expect(after.state == before.state && after.assignor == before.assignor)
    }
    for record in it.log { #expect(try GroupRecord(key: record.encodedKey(), value: record.encodedValue()) == record) }
    // Those who do not come back have their whole session, then they are taken out, and later the group.
    it.wait(milliseconds: 45_000)
    #expect(it.consumerGroup?.state == .empty)
    it.wait(milliseconds: 700_000)
    #expect(it.consumerGroup == nil)
    it.compactLog()
    for record in it.log { #expect(try record.encodedValue() == nil) }
    it.restart()
    #expect(it.coordinator.list().isEmpty)
  }

  @Test func emptyGroupsChangeTheirProtocol() throws {
    let it = group()
    _ = it.ask(it.joining("a"))
    #expect(it.joined(it.join(it.parameters()))?.error == .inconsistentGroupProtocol)
    #expect(it.heartbeat("a", 1) == .unknownMemberID)
    #expect(it.deleted(it.delete()) == .nonEmptyGroup)
    _ = it.beat("a", -1)
    let ids = it.stabilize(1)
    #expect(it.description?.generation == 3 && it.consumerGroup == nil)
    #expect(it.state == .stable)
    it.restart()
    #expect(it.state == .stable && it.consumerGroup == nil)
    _ = it.leave([GroupMemberIdentity(memberID: ids[0])])
    let answer = try #require(it.ask(it.joining("a")))
    #expect(answer.error == .none && answer.epoch == 5)
    it.restart()
    #expect(it.consumerGroup?.epoch == 5)
    #expect(it.coordinator.list().map(\.isConsumerGroup) == [true])
    _ = it.beat("a", -1)
    #expect(it.deleted(it.delete()) == ErrorCode.none)
    it.restart()
    #expect(it.coordinator.list().isEmpty)
  }
}
