import Base
import Coordination
import KafkaProtocol
import Testing

@Suite struct JoinGroupTests {
  @Test func waitsForMoreMembersBeforeTheFirstGeneration() {
    let it = GroupHarness()
    let first = it.join(it.parameters())
    #expect(it.answers[first] == nil)
    #expect(it.state == .preparingRebalance)
    it.wait(milliseconds: 2999)
    let second = it.join(it.parameters(client: "d"))
    it.wait(milliseconds: 2)
    // The second came within the delay, so that the group waits once more.
    #expect(it.answers[first] == nil)
    it.wait(milliseconds: 3000)
    #expect(it.joined(first)?.generation == 1)
    #expect(it.joined(second)?.generation == 1)
    #expect(it.state == .completingRebalance)
    #expect(it.joined(first)?.leaderID == it.joined(first)?.memberID)
    #expect(it.joined(first)?.members.count == 2)
    #expect(it.joined(second)?.members.isEmpty == true)
  }

  @Test func theFirstWaitEndsWithTheRebalanceTimeout() {
    let it = GroupHarness()
    let first = it.join(it.parameters(rebalance: 7000))
    for _ in 0..<4 {
      it.wait(milliseconds: 2000)
      _ = it.join(it.parameters(rebalance: 7000))
    }
    #expect(it.joined(first)?.error == ErrorCode.none)
  }

  @Test func givesOutAMemberIDFirst() throws {
    let it = GroupHarness()
    let first = it.join(it.parameters(knowsID: true))
    let id = try #require(it.joined(first)?.memberID)
    #expect(it.joined(first)?.error == .memberIDRequired)
    #expect(id.hasPrefix("c-"))
    #expect(it.state == .empty)
    let second = it.join(it.parameters(id, knowsID: true))
    it.wait(milliseconds: 3000)
    #expect(it.joined(second)?.memberID == id)
    #expect(it.joined(second)?.generation == 1)
  }

  @Test func forgetsIDsThatNobodyComesBackWith() throws {
    let it = GroupHarness()
    let id = try #require(it.joined(it.join(it.parameters(session: 6000, knowsID: true)))?.memberID)
    it.wait(milliseconds: 6000)
    #expect(it.state == nil)
    #expect(it.joined(it.join(it.parameters(id)))?.error == .unknownMemberID)
  }

  @Test func aPendingIDHoldsUpTheRebalanceUntilItExpires() throws {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    _ = it.join(it.parameters(session: 8000, knowsID: true))
    let again = it.join(it.parameters(ids[0]))
    #expect(it.answers[again] == nil)
    it.wait(milliseconds: 8000)
    #expect(it.joined(again)?.generation == 2)
  }

  @Test(arguments: [5999, 1_800_001, 0, -1, .max] as [Int32])
  func refusesSessionTimeoutsOutOfBounds(session: Int32) {
    let it = GroupHarness()
    #expect(it.joined(it.join(it.parameters(session: session)))?.error == .invalidSessionTimeout)
    #expect(it.state == nil)
  }

  @Test func refusesGroupsWithoutName() {
    let it = GroupHarness()
    var parameters = it.parameters()
    parameters.groupID = ""
    #expect(it.joined(it.join(parameters))?.error == .invalidGroupID)
    parameters.groupID = String(repeating: "x", count: 1025)
    #expect(it.joined(it.join(parameters))?.error == .invalidGroupID)
  }

  @Test func refusesUnknownMembersAndGroups() {
    let it = GroupHarness()
    #expect(it.joined(it.join(it.parameters("nobody")))?.error == .unknownMemberID)
    _ = it.stabilize(1)
    #expect(it.joined(it.join(it.parameters("nobody")))?.error == .unknownMemberID)
  }

  @Test func refusesOtherProtocolTypesAndProtocolsThatNobodyKnows() {
    let it = GroupHarness()
    #expect(it.joined(it.join(it.parameters(protocols: [])))?.error == .inconsistentGroupProtocol)
    var parameters = it.parameters()
    parameters.protocolType = ""
    #expect(it.joined(it.join(parameters))?.error == .inconsistentGroupProtocol)
    _ = it.stabilize(1)
    #expect(it.joined(it.join(it.parameters(protocols: ["sticky"])))?.error == .inconsistentGroupProtocol)
    parameters.protocolType = "connect"
    #expect(it.joined(it.join(parameters))?.error == .inconsistentGroupProtocol)
    #expect(it.state == .stable)
  }

  @Test func choosesTheProtocolThatMostPreferAmongThoseAllKnow() {
    let it = GroupHarness()
    let first = it.join(it.parameters(protocols: ["own", "range", "sticky"]))
    _ = it.join(it.parameters(protocols: ["sticky", "range"]))
    _ = it.join(it.parameters(protocols: ["sticky", "range"]))
    it.wait(milliseconds: 10_000)
    #expect(it.joined(first)?.protocolName == "sticky")
  }

  @Test func aNewMemberStartsARebalance() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    let new = it.join(it.parameters(client: "late"))
    #expect(it.state == .preparingRebalance)
    #expect(it.heartbeat(ids[0], 1) == .rebalanceInProgress)
    let again = it.join(it.parameters(ids[0]))
    #expect(it.joined(new)?.generation == 2)
    #expect(it.joined(again)?.leaderID == ids[0])
    #expect(it.causes.last?.kind == .memberJoined)
    #expect(it.causes.last?.clientID == "late")
    #expect(it.description?.rebalances == it.causes)
  }

  @Test func aFollowerWithTheSameProtocolsIsToldTheGenerationAgain() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    #expect(it.joined(it.join(it.parameters(ids[1])))?.generation == 1)
    #expect(it.state == .stable)
  }

  @Test func theLeaderOrAChangedMemberStartsARebalance() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    let leader = it.join(it.parameters(ids[0]))
    #expect(it.answers[leader] == nil)
    #expect(it.causes.last?.kind == .leaderJoinedAgain)
    _ = it.join(it.parameters(ids[1]))
    #expect(it.joined(leader)?.generation == 2)
    _ = it.join(it.parameters(ids[1], metadata: [9]))
    #expect(it.causes.last?.kind == .memberChanged)
    #expect(it.state == .preparingRebalance)
  }

  @Test func joiningAgainBeforeTheAssignment() {
    let it = GroupHarness()
    let first = it.join(it.parameters())
    it.wait(milliseconds: 3000)
    let id = it.joined(first)?.memberID ?? ""
    #expect(it.joined(it.join(it.parameters(id)))?.generation == 1)
    let waiting = it.sync(id, 1)
    #expect(it.synced(waiting)?.error == ErrorCode.none)
  }

  @Test func aChangeBeforeTheAssignmentCancelsIt() {
    let it = GroupHarness()
    let requests = [it.join(it.parameters()), it.join(it.parameters())]
    it.wait(milliseconds: 10_000)
    let ids = requests.compactMap { it.joined($0)?.memberID }
    let waiting = it.sync(ids[1], 1)
    _ = it.join(it.parameters(ids[0], metadata: [1]))
    #expect(it.synced(waiting)?.error == .rebalanceInProgress)
    #expect(it.state == .preparingRebalance)
  }

  @Test func leavesBehindWhoDoesNotJoinInTime() {
    let it = GroupHarness()
    let ids = it.stabilize([it.parameters(session: 100_000), it.parameters(session: 100_000)])
    let new = it.join(it.parameters(ids[1], metadata: [1], session: 100_000))
    it.wait(milliseconds: 59_999)
    #expect(it.answers[new] == nil)
    it.wait(milliseconds: 1)
    #expect(it.joined(new)?.generation == 2)
    #expect(it.joined(new)?.leaderID == ids[1])
    #expect(it.heartbeat(ids[0], 1) == .unknownMemberID)
  }

  @Test func aSecondRequestAnswersTheFirst() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    let first = it.join(it.parameters(ids[0]))
    let second = it.join(it.parameters(ids[0]))
    #expect(it.joined(first)?.error == .rebalanceInProgress)
    #expect(it.answers[second] == nil)
    _ = it.join(it.parameters(ids[1]))
    #expect(it.joined(second)?.generation == 2)
  }

  @Test func respectsTheMaximumSize() {
    let it = GroupHarness { $0.maxSize = 2 }
    let ids = it.stabilize(2)
    #expect(it.joined(it.join(it.parameters()))?.error == .groupMaxSizeReached)
    #expect(it.state == .stable)
    #expect(it.joined(it.join(it.parameters(ids[1])))?.error == ErrorCode.none)
  }

  @Test func aGroupThatIsTooLargeNowKicksOutTheLast() {
    let it = GroupHarness()
    let ids = it.stabilize(3)
    it.configuration.maxSize = 2
    it.restart()
    #expect(it.state == .preparingRebalance)
    #expect(it.causes.last?.kind == .overCapacity)
    let stay = [it.join(it.parameters(ids[2])), it.join(it.parameters(ids[0]))]
    #expect(it.joined(it.join(it.parameters(ids[1])))?.error == .groupMaxSizeReached)
    #expect(stay.map { it.joined($0)?.generation } == [2, 2])
  }

  @Test func boundsGroupsAndBytes() {
    let it = GroupHarness {
      $0.groupLimit = 1
      $0.memberByteLimit = 200
    }
    #expect(
      it.joined(it.join(it.parameters(metadata: [UInt8](repeating: 0, count: 201))))?.error == .groupMaxSizeReached)
    _ = it.join(it.parameters(metadata: [UInt8](repeating: 0, count: 60)))
    #expect(
      it.joined(it.join(it.parameters(metadata: [UInt8](repeating: 0, count: 60))))?.error == .groupMaxSizeReached)
    // An id that is given out takes room too.
    #expect(it.joined(it.join(it.parameters(knowsID: true)))?.error == .memberIDRequired)
    #expect(it.joined(it.join(it.parameters(knowsID: true)))?.error == .groupMaxSizeReached)
    var other = it.parameters()
    other.protocolType = String(repeating: "x", count: 256)
    #expect(it.joined(it.join(other))?.error == .inconsistentGroupProtocol)
    other = it.parameters()
    other.groupID = "other"
    #expect(it.joined(it.join(other))?.error == .policyViolation)
  }

  @Test func aNewMemberThatIsGoneIsForgotten() {
    let it = GroupHarness { $0.newMemberJoinTimeoutMs = 5000 }
    let ids = it.stabilize([it.parameters(session: 100_000)])
    let gone = it.join(it.parameters())
    it.wait(milliseconds: 5000)
    #expect(it.joined(gone)?.error == .unknownMemberID)
    #expect(it.state == .preparingRebalance)
    let again = it.join(it.parameters(ids[0]))
    #expect(it.joined(again)?.members.count == 1)
  }

  @Test func cutsLongClientNames() throws {
    let it = GroupHarness()
    let first = it.join(it.parameters(client: String(repeating: "ü", count: 20_000)))
    it.wait(milliseconds: 3000)
    #expect(try #require(it.joined(first)?.memberID.utf8.count) < 300)
  }

  @Test func javaHashes() {
    #expect(GroupCoordinator.partition(of: "", count: 50) == 0)
    #expect(GroupCoordinator.partition(of: "abc", count: 50) == 96354 % 50)
    // "polygenelubricants" hashes to Int32.min in Java.
    #expect(GroupCoordinator.partition(of: "polygenelubricants", count: 50) == 0)
    #expect(
      GroupCoordinator.partition(of: "console-consumer-12345", count: 50)
        == Self.javaPartition("console-consumer-12345"))
    #expect(GroupCoordinator.partition(of: "grüße-🦫", count: 50) == Self.javaPartition("grüße-🦫"))
  }

  private static func javaPartition(_ text: String) -> Int32 {
    var hash: UInt64 = 0
    for unit in text.utf16 { hash = (hash * 31 + UInt64(unit)) & 0xFFFF_FFFF }
    let signed = Int64(hash) >= 1 << 31 ? Int64(hash) - 1 << 32 : Int64(hash)
    return Int32(signed.magnitude % 50)
  }
}
