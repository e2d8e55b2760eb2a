import Base
import ClientCore
import KafkaProtocol
import Testing

@Suite struct GroupMembershipTests {
  private static let second: Int64 = 1_000_000_000
  private static let coordinator = BrokerAddress(host: "c", port: 1)

  private final class Member {
    var core: GroupMembership
    var effects: [GroupEffect] = []
    var now: Int64 = 0

    init(_ assignor: GroupOptions.Assignor = .cooperativeSticky, instance: String? = nil) {
      var options = GroupOptions(group: "g", topics: ["t"])
      options.assignors = [assignor]
      options.instanceID = instance
      core = GroupMembership(
        options: options, retryBackoff: Backoff(firstMilliseconds: 10, limitMilliseconds: 100),
        random: SeededRandom(seed: 1))
      core.start(&effects)
    }

    /// What it did since last asked, without notices.
    func take() -> [GroupEffect] {
      defer { effects = [] }
      return effects.filter { if case .notice = $0 { false } else { true } }
    }

    func found() {
      core.coordinatorFound(.success(GroupMembershipTests.coordinator), now: now, &effects)
    }

    func join(_ body: (inout JoinGroupResponse) -> Void = { _ in }) {
      var response = JoinGroupResponse()
      response.memberID = "me"
      response.generationID = 1
      response.leader = "other"
      response.protocolName = core.assignorName
      body(&response)
      core.joined(core.lastNumber, .success(response), now: now, &effects)
    }

    func sync(_ partitions: [Int32], code: ErrorCode = .none) throws {
      var assignment = ConsumerProtocolAssignment()
      var topic = ConsumerProtocolAssignment.TopicPartition()
      topic.topic = "t"
      topic.partitions = partitions
      assignment.assignedPartitions = [topic]
      var response = SyncGroupResponse()
      response.errorCode = code
      response.assignment = try assignment.encodedWithVersion(1)
      core.synced(core.lastNumber, .success(response), now: now, &effects)
    }

    func heartbeat(_ code: ErrorCode) {
      var response = HeartbeatResponse()
      response.errorCode = code
      core.heartbeatAnswered(core.lastNumber, .success(response), now: now, &effects)
    }

    func listenerDone() {
      for effect in take() {
        switch effect {
        case .revoke, .lose, .assign: core.listenerDone(effect, &effects)
        default: effects.append(effect)
        }
      }
    }

    func settle(_ partitions: [Int32]) throws {
      found()
      join()
      try sync(partitions)
      listenerDone()
      _ = take()
    }
  }

  private static func p(_ partitions: Int32...) -> [TopicPartition] { partitions.map { TopicPartition("t", $0) } }

  @Test func joinsWithTheIDItIsGiven() {
    let member = Member()
    member.found()
    _ = member.take()
    member.join { response in
      response.errorCode = .memberIDRequired
      response.memberID = "given"
    }
    guard case .join(let request, _)? = member.take().last else { return #expect(Bool(false)) }
    #expect(request.memberID == "given")
  }

  @Test func theLeaderAssigns() throws {
    let member = Member(.range)
    member.found()
    _ = member.take()
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = ["t", "u"]
    let metadata = try subscription.encodedWithVersion(0)
    member.join { response in
      response.leader = "me"
      response.members = ["me", "you"].map { id in
        var member = JoinGroupResponse.JoinGroupResponseMember()
        member.memberID = id
        member.metadata = id == "me" ? metadata : [0, 1, 2]
        return member
      }
    }
    guard case .countPartitions(["t", "u"], let number)? = member.take().last else { return #expect(Bool(false)) }
    member.core.counted(number, ["t": 2], &member.effects)
    guard case .sync(let request, _)? = member.take().last else { return #expect(Bool(false)) }
    // The one whose subscription is malformed gets nothing.
    let assigned = try request.assignments.map { try ConsumerProtocolAssignment(decodingWithVersion: $0.assignment) }
    #expect(request.assignments.map(\.memberID) == ["me", "you"])
    #expect(assigned.map { $0.assignedPartitions.flatMap(\.partitions) } == [[0, 1], []])
  }

  @Test func anEagerMemberGivesEverythingUpBeforeItJoins() throws {
    let member = Member(.range)
    try member.settle([0, 1])
    member.heartbeat(.rebalanceInProgress)
    guard case .revoke(Self.p(0, 1))? = member.take().last else { return #expect(Bool(false)) }
    member.core.listenerDone(.revoke(Self.p(0, 1)), &member.effects)
    guard case .join? = member.take().last else { return #expect(Bool(false)) }
    #expect(member.core.owned.isEmpty)
  }

  @Test func aCooperativeMemberGivesUpWhatMovesAndJoinsAgain() throws {
    let member = Member()
    try member.settle([0, 1])
    member.heartbeat(.rebalanceInProgress)
    guard case .join(let request, _)? = member.take().last else { return #expect(Bool(false)) }
    let subscription = try ConsumerProtocolSubscription(decodingWithVersion: request.protocols[0].metadata)
    #expect(subscription.ownedPartitions.flatMap(\.partitions) == [0, 1])
    member.join { $0.generationID = 2 }
    try member.sync([1, 2])
    guard case .revoke(Self.p(0))? = member.take().last else { return #expect(Bool(false)) }
    // While it gives up, it may still commit.
    #expect(member.core.owned.contains(TopicPartition("t", 0)))
    member.core.listenerDone(.revoke(Self.p(0)), &member.effects)
    guard case .assign(Self.p(2))? = member.take().last else { return #expect(Bool(false)) }
    member.core.listenerDone(.assign(Self.p(2)), &member.effects)
    guard case .join? = member.take().last else { return #expect(Bool(false)) }
    #expect(member.core.owned == Set(Self.p(1, 2)))
  }

  @Test(arguments: [ErrorCode.unknownMemberID, .illegalGeneration])
  func aMemberThatWasDroppedLosesItsPartitions(code: ErrorCode) throws {
    let member = Member()
    try member.settle([3])
    member.heartbeat(code)
    guard case .lose(Self.p(3))? = member.take().last else { return #expect(Bool(false)) }
    #expect(!member.core.isMember)
    member.core.listenerDone(.lose(Self.p(3)), &member.effects)
    guard case .join(let request, _)? = member.take().last else { return #expect(Bool(false)) }
    #expect(request.memberID == (code == .unknownMemberID ? "" : "me"))
    #expect(member.core.owned.isEmpty)
  }

  @Test func heartbeatsOnTime() throws {
    let member = Member()
    try member.settle([0])
    member.core.advance(now: 2 * Self.second, &member.effects)
    #expect(member.take().isEmpty)
    #expect(member.core.deadline == 3 * Self.second)
    member.core.advance(now: 3 * Self.second, &member.effects)
    guard case .heartbeat(let request, _)? = member.take().last else { return #expect(Bool(false)) }
    #expect(request.memberID == "me")
    // One at a time.
    member.core.advance(now: 9 * Self.second, &member.effects)
    #expect(member.take().isEmpty)
  }

  @Test func looksForAnotherCoordinatorAndGoesOn() throws {
    let member = Member()
    try member.settle([0])
    member.heartbeat(.notCoordinator)
    guard case .findCoordinator? = member.take().last else { return #expect(Bool(false)) }
    member.found()
    guard case .heartbeat? = member.take().last else { return #expect(Bool(false)) }
    #expect(member.core.owned == Set(Self.p(0)))
  }

  @Test func triesAgainWhileTheCoordinatorLoads() {
    let member = Member()
    member.found()
    _ = member.take()
    member.join { $0.errorCode = .coordinatorLoadInProgress }
    #expect(member.take().isEmpty)
    member.core.advance(now: Self.second, &member.effects)
    guard case .join? = member.take().last else { return #expect(Bool(false)) }
  }

  @Test(arguments: [ErrorCode.fencedInstanceID, .groupAuthorizationFailed, .inconsistentGroupProtocol])
  func endsForWhatNoRetryHelps(code: ErrorCode) {
    let member = Member()
    member.found()
    _ = member.take()
    member.join { $0.errorCode = code }
    guard case .fail(let error)? = member.take().last else { return #expect(Bool(false)) }
    #expect(error.code == code)
    #expect(member.core.isEnded)
  }

  @Test func closingGivesUpAndLeaves() throws {
    let member = Member()
    try member.settle([0])
    member.core.close(&member.effects)
    guard case .revoke(Self.p(0))? = member.take().last else { return #expect(Bool(false)) }
    member.core.listenerDone(.revoke(Self.p(0)), &member.effects)
    guard case .leave(let request)? = member.take().last else { return #expect(Bool(false)) }
    #expect(request.members.map(\.memberID) == ["me"])
    member.core.left(&member.effects)
    guard case .closed? = member.take().last else { return #expect(Bool(false)) }
  }

  @Test func aStaticMemberDoesNotLeave() throws {
    let member = Member(instance: "one")
    try member.settle([0])
    member.core.close(&member.effects)
    _ = member.take()
    member.core.listenerDone(.revoke(Self.p(0)), &member.effects)
    guard case .closed? = member.take().last else { return #expect(Bool(false)) }
  }

  @Test func closingWhileTheOwnerIsBusyWaitsForIt() throws {
    let member = Member()
    member.found()
    member.join()
    try member.sync([0])
    _ = member.take()
    member.core.close(&member.effects)
    #expect(member.take().isEmpty)
    member.core.listenerDone(.assign(Self.p(0)), &member.effects)
    guard case .revoke(Self.p(0))? = member.take().last else { return #expect(Bool(false)) }
  }

  @Test func theLeaderJoinsAgainWhenTopicsGrow() throws {
    let member = Member()
    member.found()
    member.join { response in
      response.leader = "me"
      response.members = []
    }
    member.core.counted(member.core.lastNumber, [:], &member.effects)
    try member.sync([])
    _ = member.take()
    member.core.partitionsChanged([:], &member.effects)
    #expect(member.take().isEmpty)
  }
}
