import Base
import Coordination
import KafkaProtocol
import Testing

@Suite struct MembershipTests {
  @Test func heartbeatsKeepAMember() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    for _ in 0..<10 {
      it.wait(milliseconds: 9999)
      #expect(it.heartbeat(ids[0], 1) == .none)
    }
    it.wait(milliseconds: 10_000)
    #expect(it.heartbeat(ids[0], 1) == .unknownMemberID)
    #expect(it.state == .empty)
    #expect(it.causes.last?.kind == .sessionExpired)
  }

  @Test func heartbeatErrors() {
    let it = GroupHarness()
    #expect(it.heartbeat("a", 1) == .unknownMemberID)
    let ids = it.stabilize(1)
    #expect(it.heartbeat(ids[0], 0) == .illegalGeneration)
    #expect(it.heartbeat("a", 1) == .unknownMemberID)
    #expect(it.heartbeat(ids[0], 1, instance: "i") == .unknownMemberID)
    #expect(
      it.coordinator.heartbeat("", GroupMemberIdentity(memberID: "a"), generation: 1, now: it.now) == .invalidGroupID)
  }

  @Test func heartbeatsCountBeforeTheAssignment() {
    let it = GroupHarness()
    let first = it.join(it.parameters())
    it.wait(milliseconds: 3000)
    #expect(it.heartbeat(it.joined(first)?.memberID ?? "", 1) == .none)
  }

  @Test func leavingStartsARebalance() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    let answer = it.left(it.leave([GroupMemberIdentity(memberID: ids[0])]))
    #expect(answer?.members.map(\.error) == [ErrorCode.none])
    #expect(it.state == .preparingRebalance)
    #expect(it.causes.last?.kind == .memberLeft)
    #expect(it.causes.last?.clientReason == "bye")
    let again = it.join(it.parameters(ids[1]))
    #expect(it.joined(again)?.leaderID == ids[1])
  }

  @Test func theLastOneEmptiesTheGroup() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    it.commitsAtOnce = false
    let left = it.leave([GroupMemberIdentity(memberID: ids[0])])
    #expect(it.state == .empty)
    #expect(it.answers[left] == nil)
    it.commit()
    #expect(it.left(left)?.error == ErrorCode.none)
    guard case .group(_, let snapshot?) = it.log.last else {
      Issue.record("no record of the empty group")
      return
    }
    #expect(snapshot.members.isEmpty)
    #expect(snapshot.generation == 2)
  }

  @Test func anEmptyGroupThatCannotBeKeptIsTold() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    it.commitsAtOnce = false
    let left = it.leave([GroupMemberIdentity(memberID: ids[0])])
    it.commit(error: .notEnoughReplicas)
    #expect(it.left(left)?.error == .coordinatorNotAvailable)
  }

  @Test func severalLeaveAtOnce() {
    let it = GroupHarness()
    let ids = it.stabilize(3)
    let answer = it.left(
      it.leave([
        GroupMemberIdentity(memberID: ids[0]), GroupMemberIdentity(memberID: "nobody"),
        GroupMemberIdentity(memberID: ids[1]),
      ]))
    #expect(answer?.members.map(\.error) == [ErrorCode.none, .unknownMemberID, .none])
    #expect(it.description?.members.map(\.member.memberID) == [ids[2]])
  }

  @Test func leavingAnUnknownGroup() {
    let it = GroupHarness()
    let answer = it.left(it.leave([GroupMemberIdentity(memberID: "a")]))
    #expect(answer?.members.map(\.error) == [.unknownMemberID])
  }

  @Test func leavingWhileWaitingAnswersBoth() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    let joining = it.join(it.parameters(ids[0]))
    _ = it.leave([GroupMemberIdentity(memberID: ids[0])])
    #expect(it.joined(joining)?.error == .unknownMemberID)
    // The other has not joined again; when it does, the group goes on.
    let again = it.join(it.parameters(ids[1]))
    #expect(it.joined(again)?.members.count == 1)
  }

  @Test func aPendingMemberLeaves() throws {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    let pending = try #require(it.joined(it.join(it.parameters(knowsID: true)))?.memberID)
    let again = it.join(it.parameters(ids[0]))
    #expect(it.answers[again] == nil)
    let answer = it.left(it.leave([GroupMemberIdentity(memberID: pending)]))
    #expect(answer?.members.map(\.error) == [ErrorCode.none])
    #expect(it.joined(again)?.generation == 2)
  }

  @Test func aCrashInTheFirstWaitEmptiesTheGroup() {
    let it = GroupHarness { $0.initialRebalanceDelayMs = 10_000 }
    let first = it.join(it.parameters())
    _ = it.leave([GroupMemberIdentity(memberID: it.description?.members[0].member.memberID ?? "")])
    #expect(it.joined(first)?.error == .unknownMemberID)
    it.wait(milliseconds: 10_000)
    #expect(it.state == .empty)
    let second = it.join(it.parameters())
    it.wait(milliseconds: 10_000)
    #expect(it.joined(second)?.error == ErrorCode.none)
  }

  @Test func listsAndDescribes() {
    let it = GroupHarness()
    _ = it.stabilize(2)
    #expect(it.coordinator.list().map(\.groupID) == ["g"])
    #expect(it.coordinator.list(states: ["STABLE"]).count == 1)
    #expect(it.coordinator.list(states: ["Empty", "Dead"]).isEmpty)
    #expect(it.description?.members.map(\.assignment) == [[0], [1]])
    #expect(it.description?.protocolName == "range")
    #expect(it.coordinator.describe("nobody") == nil)
    _ = it.join(it.parameters())
    #expect(it.description?.members.allSatisfy { $0.assignment.isEmpty } == true)
    #expect(it.description?.protocolName == "")
  }

  @Test func keepsTheLastCausesOnly() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    for round in 0..<20 as Range<UInt8> { _ = it.join(it.parameters(ids[0], metadata: [round])) }
    #expect(it.causes.count == 21)
    #expect(it.description?.rebalances == Array(it.causes.suffix(8)))
    #expect(it.causes.last?.description.contains("client c0 at /127.0.0.1 joined again with other") == true)
  }
}
