import Base
import Coordination
import KafkaProtocol
import Testing

@Suite struct StaticMemberTests {
  private func stable(_ it: GroupHarness) -> [String] {
    it.stabilize([it.parameters(instance: "a"), it.parameters(instance: "b")])
  }

  @Test func comesBackWithoutARebalance() throws {
    let it = GroupHarness()
    let ids = stable(it)
    let answer = try #require(it.joined(it.join(it.parameters(instance: "b"))))
    #expect(answer.error == .none)
    #expect(answer.memberID != ids[1])
    #expect(answer.generation == 1)
    #expect(answer.leaderID == ids[0])
    #expect(answer.members.isEmpty)
    #expect(it.state == .stable)
    #expect(it.synced(it.sync(answer.memberID, 1, instance: "b"))?.assignment == [1])
    #expect(it.heartbeat(ids[1], 1, instance: "b") == .fencedInstanceID)
    #expect(it.heartbeat(answer.memberID, 1, instance: "b") == .none)
  }

  @Test func theLeaderKeepsTheAssignment() throws {
    let it = GroupHarness()
    _ = stable(it)
    let answer = try #require(it.joined(it.join(it.parameters(instance: "a"))))
    #expect(answer.skipAssignment)
    #expect(answer.leaderID == answer.memberID)
    #expect(answer.members.count == 2)
  }

  @Test func anOlderLeaderIsToldThatAnotherLeads() throws {
    let it = GroupHarness()
    let ids = stable(it)
    let answer = try #require(it.joined(it.join(it.parameters(instance: "a", skips: false))))
    #expect(!answer.skipAssignment)
    #expect(answer.leaderID == ids[0])
    #expect(answer.members.isEmpty)
  }

  @Test func theNewIDIsKeptBeforeItIsTold() {
    let it = GroupHarness()
    _ = stable(it)
    it.commitsAtOnce = false
    let back = it.join(it.parameters(instance: "b"))
    #expect(it.answers[back] == nil)
    it.commit()
    it.commitsAtOnce = true
    it.restart()
    #expect(it.heartbeat(it.joined(back)?.memberID ?? "", 1, instance: "b") == .none)
  }

  @Test func anIDThatCannotBeKeptIsTakenBack() {
    let it = GroupHarness()
    let ids = stable(it)
    it.commitsAtOnce = false
    let back = it.join(it.parameters(instance: "b"))
    it.commit(error: .kafkaStorageError)
    #expect(it.joined(back)?.error == .notCoordinator)
    #expect(it.heartbeat(ids[1], 1, instance: "b") == .none)
    #expect(it.description?.members.map(\.member.memberID) == ids)
  }

  @Test func anotherProtocolMeansARebalance() {
    let it = GroupHarness()
    _ = it.stabilize([it.parameters(instance: "a", protocols: ["range", "sticky"])])
    let back = it.join(it.parameters(instance: "a", protocols: ["sticky"]))
    #expect(it.joined(back)?.protocolName == "sticky")
    #expect(it.joined(back)?.generation == 2)
    #expect(it.causes.last?.kind == .staticMemberReplaced)
  }

  @Test func comingBackBeforeTheAssignmentStartsOver() throws {
    let it = GroupHarness()
    let first = [it.join(it.parameters(instance: "a")), it.join(it.parameters(instance: "b"))]
    it.wait(milliseconds: 10_000)
    let old = try #require(it.joined(first[1])?.memberID)
    let waiting = it.sync(old, 1, instance: "b")
    _ = it.join(it.parameters(instance: "b"))
    #expect(it.synced(waiting)?.error == .fencedInstanceID)
    #expect(it.state == .preparingRebalance)
  }

  @Test func comingBackDuringARebalanceFencesTheOld() {
    let it = GroupHarness()
    let ids = stable(it)
    let old = it.join(it.parameters(ids[1], instance: "b", metadata: [1]))
    #expect(it.state == .preparingRebalance)
    let new = it.join(it.parameters(instance: "b", metadata: [1]))
    #expect(it.joined(old)?.error == .fencedInstanceID)
    _ = it.join(it.parameters(ids[0], instance: "a"))
    #expect(it.joined(new)?.generation == 2)
    #expect(it.joined(it.join(it.parameters(ids[1], instance: "b")))?.error == .fencedInstanceID)
  }

  @Test func staysWithinItsSessionThoughItDoesNotJoin() {
    let it = GroupHarness()
    let ids = it.stabilize([
      it.parameters(instance: "a", session: 200_000), it.parameters(instance: "b", session: 200_000),
    ])
    let back = it.join(it.parameters(ids[0], instance: "a", metadata: [1], session: 200_000))
    it.wait(milliseconds: 60_000)
    #expect(it.joined(back)?.members.count == 2)
    #expect(it.joined(back)?.leaderID == ids[0])
  }

  @Test func aGroupOfSilentStaticMembersWaitsForTheirSessions() {
    let it = GroupHarness()
    _ = it.stabilize([it.parameters(instance: "a", session: 200_000, rebalance: 20_000)])
    let gone = it.join(it.parameters())
    _ = it.leave([GroupMemberIdentity(memberID: it.description?.members.last?.member.memberID ?? "")])
    #expect(it.joined(gone)?.error == .unknownMemberID)
    it.wait(milliseconds: 100_000)
    #expect(it.state == .preparingRebalance)
    it.wait(milliseconds: 100_000)
    #expect(it.state == .empty)
  }

  @Test func aSilentStaticMemberWithATinyRebalanceTimeoutDoesNotSpin() {
    let it = GroupHarness()
    _ = it.stabilize([it.parameters(instance: "a", session: 200_000, rebalance: 1)])
    _ = it.join(it.parameters(rebalance: 1))
    _ = it.leave([GroupMemberIdentity(memberID: it.description?.members.last?.member.memberID ?? "")])
    it.wait(milliseconds: 199_000)
    #expect(it.state == .preparingRebalance)
    #expect(it.tickCount < 100)
    it.wait(milliseconds: 1_000)
    #expect(it.state == .empty)
  }

  @Test func anOperatorRemovesAMember() {
    let it = GroupHarness()
    _ = stable(it)
    let answer = it.left(
      it.leave([
        GroupMemberIdentity(memberID: "", instanceID: "a"), GroupMemberIdentity(memberID: "", instanceID: "x"),
        GroupMemberIdentity(memberID: ""),
      ]))
    #expect(answer?.members.map(\.error) == [ErrorCode.none, .unknownMemberID, .unknownMemberID])
    #expect(it.description?.members.map(\.member.instanceID) == ["b"])
  }

  @Test func aFencedMemberCannotLeaveOrCommit() {
    let it = GroupHarness()
    let ids = stable(it)
    _ = it.join(it.parameters(instance: "b"))
    let answer = it.left(it.leave([GroupMemberIdentity(memberID: ids[1], instanceID: "b")]))
    #expect(answer?.members.map(\.error) == [.fencedInstanceID])
    #expect(it.committed(it.commit([0: 1], ids[1], 1, instance: "b")) == [.fencedInstanceID])
  }

  @Test func aFullGroupTakesItsOwnBack() {
    let it = GroupHarness { $0.maxSize = 2 }
    _ = stable(it)
    #expect(it.joined(it.join(it.parameters(instance: "b")))?.error == ErrorCode.none)
    #expect(it.joined(it.join(it.parameters(instance: "c")))?.error == .groupMaxSizeReached)
  }

  @Test func boundsInstanceNames() {
    let it = GroupHarness()
    #expect(it.joined(it.join(it.parameters(instance: "")))?.error == .invalidRequest)
    let long = String(repeating: "i", count: 256)
    #expect(it.joined(it.join(it.parameters(instance: long)))?.error == .invalidRequest)
  }
}
