import Base
import Coordination
import KafkaProtocol
import Testing

@Suite struct SyncGroupTests {
  private func completing(_ it: GroupHarness, _ count: Int = 2) -> [String] {
    let requests = (0..<count).map { _ in it.join(it.parameters()) }
    it.wait(milliseconds: 10_000)
    return requests.compactMap { it.joined($0)?.memberID }
  }

  @Test func membersGetWhatTheLeaderAssigned() {
    let it = GroupHarness()
    let ids = completing(it, 3)
    let early = it.sync(ids[1], 1)
    #expect(it.answers[early] == nil)
    let leader = it.sync(ids[0], 1, [ids[0]: [1], ids[1]: [2], "stranger": [9]])
    #expect(it.synced(leader)?.assignment == [1])
    #expect(it.synced(early)?.assignment == [2])
    #expect(it.synced(early)?.protocolName == "range")
    #expect(it.state == .stable)
    // More members than partitions: the last one stays idle.
    #expect(it.synced(it.sync(ids[2], 1))?.assignment == [])
    #expect(it.synced(it.sync(ids[2], 1))?.error == ErrorCode.none)
  }

  @Test func nobodyIsAnsweredBeforeTheAssignmentIsCommitted() {
    let it = GroupHarness()
    let ids = completing(it)
    it.commitsAtOnce = false
    let waiting = [it.sync(ids[1], 1), it.sync(ids[0], 1, [ids[1]: [7]])]
    #expect(waiting.allSatisfy { it.answers[$0] == nil })
    it.commit()
    #expect(it.synced(waiting[0])?.assignment == [7])
    #expect(it.state == .stable)
  }

  @Test func anAssignmentThatCannotBeKeptIsAnError() {
    let it = GroupHarness()
    let ids = completing(it)
    it.commitsAtOnce = false
    let waiting = [it.sync(ids[1], 1), it.sync(ids[0], 1, [ids[1]: [7]])]
    it.commit(error: .kafkaStorageError)
    #expect(waiting.map { it.synced($0)?.error } == [.notCoordinator, .notCoordinator])
    #expect(it.state == .preparingRebalance)
    #expect(it.causes.last?.kind == .assignmentNotStored)
  }

  @Test func anAssignmentOfAnEarlierGenerationIsIgnored() {
    let it = GroupHarness()
    let ids = completing(it)
    it.commitsAtOnce = false
    let old = it.sync(ids[0], 1, [ids[0]: [1]])
    let again = [it.join(it.parameters(ids[1], metadata: [1])), it.join(it.parameters(ids[0]))]
    #expect(it.synced(old)?.error == .rebalanceInProgress)
    #expect(again.map { it.joined($0)?.generation } == [2, 2])
    it.commit()
    #expect(it.state == .completingRebalance)
  }

  @Test func refusesWrongMembersGenerationsAndProtocols() {
    let it = GroupHarness()
    #expect(it.synced(it.sync("a", 1))?.error == .unknownMemberID)
    let ids = completing(it)
    #expect(it.synced(it.sync("a", 1))?.error == .unknownMemberID)
    #expect(it.synced(it.sync(ids[0], 2))?.error == .illegalGeneration)
    let request = it.nextRequest()
    it.coordinator.sync(
      SyncGroupParameters(
        groupID: GroupHarness.group, member: GroupMemberIdentity(memberID: ids[0]), generation: 1,
        protocolType: "consumer", protocolName: "sticky"),
      request: request, now: it.now)
    it.takeEffects()
    #expect(it.synced(request)?.error == .inconsistentGroupProtocol)
  }

  @Test func syncDuringARebalanceFails() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    _ = it.join(it.parameters())
    #expect(it.synced(it.sync(ids[0], 1))?.error == .rebalanceInProgress)
  }

  @Test func aSecondRequestAnswersTheFirst() {
    let it = GroupHarness()
    let ids = completing(it)
    let first = it.sync(ids[1], 1)
    let second = it.sync(ids[1], 1)
    #expect(it.synced(first)?.error == .rebalanceInProgress)
    _ = it.sync(ids[0], 1, [ids[1]: [3]])
    #expect(it.synced(second)?.assignment == [3])
  }

  @Test func aLeaderThatIsGoneIsReplaced() {
    let it = GroupHarness()
    let requests = (0..<2).map { _ in it.join(it.parameters(rebalance: 20_000)) }
    it.wait(milliseconds: 10_000)
    let ids = requests.compactMap { it.joined($0)?.memberID }
    let waiting = it.sync(ids[1], 1)
    it.wait(milliseconds: 10_000)
    // Its session was over.
    #expect(it.synced(waiting)?.error == .rebalanceInProgress)
    #expect(it.causes.last?.kind == .sessionExpired)
    #expect(it.causes.last?.member.memberID == ids[0])
    let again = it.join(it.parameters(ids[1]))
    #expect(it.joined(again)?.leaderID == ids[1])
    #expect(it.joined(again)?.generation == 2)
  }

  @Test func whoDoesNotFetchItsAssignmentIsRemoved() {
    let it = GroupHarness()
    let requests = (0..<2).map { _ in it.join(it.parameters(session: 50_000, rebalance: 20_000)) }
    it.wait(milliseconds: 6000)
    let ids = requests.compactMap { it.joined($0)?.memberID }
    _ = it.sync(ids[0], 1)
    #expect(it.state == .stable)
    it.wait(milliseconds: 20_000)
    #expect(it.state == .preparingRebalance)
    #expect(it.causes.last?.kind == .assignmentNotFetched)
    #expect(it.heartbeat(ids[1], 1) == .unknownMemberID)
  }

  @Test func anAssignmentBeyondTheBudgetIsRefused() {
    let it = GroupHarness { $0.memberByteLimit = 1000 }
    let ids = completing(it)
    let leader = it.sync(ids[0], 1, [ids[1]: [UInt8](repeating: 1, count: 1000)])
    #expect(it.synced(leader)?.error == .unknownServerError)
    #expect(it.state == .preparingRebalance)
  }
}
