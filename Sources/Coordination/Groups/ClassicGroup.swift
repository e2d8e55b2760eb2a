import Base
import KafkaProtocol

/// One group and its offsets. Its members assign partitions among themselves (Kafka's "classic" protocol), unless
/// `consumer` is set: then that says who is a member and has what, and all that is of the classic protocol is empty.
struct ClassicGroup: Sendable {
  /// Causes of rebalances that are kept.
  static let rebalanceLimit = 8

  let id: String
  private(set) var state: GroupState = .empty
  private(set) var previousState: GroupState = .empty
  /// When the state began, in milliseconds since 1970-01-01 UTC; nil when an old record did not say.
  private(set) var stateTimestamp: Int64?
  var generation: Int32 = 0
  /// nil for a group that only commits offsets.
  var protocolType: String?
  var protocolName: String?
  var leaderID: String?
  var members = MemberTable()
  /// Member ids by instance id.
  var staticMembers: [String: String] = [:]
  /// Ids given out to those who have not come back with them yet, and until when they are kept.
  var pendingMembers: [String: Int64] = [:]
  /// Members that know the generation and have not asked for their assignment.
  var pendingSync: Set<String> = []
  var joinDeadline: Int64 = .max
  var syncDeadline: Int64 = .max
  /// Set while an empty group waits for members: the current wait, and by how much it may be prolonged.
  var initialDelay: (currentMs: Int32, remainingMs: Int32)?
  /// Another member came during that wait.
  var newMemberAdded = false
  /// The append of the assignment of this generation.
  var assignmentToken: UInt64?
  private(set) var rebalances: [RebalanceCause] = []
  /// Set for a group of the next-generation protocol.
  var consumer: ConsumerGroup?
  /// The last append that may rest on one that failed: nobody is told that it was committed.
  private(set) var lastDoubtful: UInt64 = 0
  /// Tombstones that are to be written before anything else is: of what the group was before its protocol changed.
  var owed: [GroupRecord] = []

  var offsets: [String: [Int32: StoredOffset]] = [:]
  /// How many commits for a partition are written but not yet committed.
  var pendingOffsets: [TopicPartition: Int] = [:]
  /// Tombstones of offsets that are written but not yet committed.
  var pendingRemovalCount = 0
  /// The log says something about it beside its offsets.
  var isWritten = false
  /// Appends whose outcome is awaited.
  private(set) var pendingAppendCount = 0
  private(set) var lastAppend: UInt64?
  /// Nothing of this group is due before this monotonic time.
  var wake: Int64 = .max

  init(_ id: String) {
    self.id = id
  }

  /// Nothing would be lost by forgetting it.
  var isDisposable: Bool {
    state == .empty && !isWritten && pendingAppendCount == 0 && offsets.isEmpty && pendingMembers.isEmpty
      && consumer?.isEmpty != false && owed.isEmpty
  }

  /// Bytes that others made it hold, those who have not come back with their ids included.
  var byteCount: Int { members.byteCount + pendingMembers.count * 128 + (consumer?.byteCount ?? 0) }

  var rebalanceTimeoutMs: Int32 { members.list.reduce(0) { max($0, $1.rebalanceTimeoutMs) } }
  var haveAllMembersJoined: Bool { members.count == members.awaitingJoinCount && pendingMembers.isEmpty }

  /// Writes records, and remembers what is to happen when they are committed. Returns the token of the append.
  @discardableResult
  mutating func append(
    _ records: [GroupRecord], then change: PendingChange, _ context: inout GroupContext
  ) -> UInt64 {
    let token = context.append(records, owed: owed, for: id, then: change)
    owed = []
    pendingAppendCount += 1
    lastAppend = token
    return token
  }

  /// What was appended is committed, or could not be.
  mutating func appended(
    _ token: UInt64, _ append: GroupContext.PendingAppend, error: ErrorCode, _ context: inout GroupContext
  ) {
    pendingAppendCount -= 1
    if error == .none, append.writesGroup { isWritten = true }
    if error != .none { owe(append.owed) }
    if error != .none, append.writesConsumers { lastDoubtful = lastAppend ?? token }
    switch append.change {
    case .none:
      break
    case .assignment(let generation, let assignments):
      finishAssignment(generation, token: token, assignments, error: error, &context)
    case .staticMember(let change):
      finishReturn(change, error: error, &context)
    case .offsets(let offsets):
      finishCommit(of: offsets, token: token, error: error, &context)
    case .offsetRemoval(let partitions):
      pendingRemovalCount -= 1
      if error == .none { for partition in partitions { removeOffset(partition, appendedBefore: token, &context) } }
    case .consumer(let keys):
      if error != .none { writeAgain(keys) }
    case .deletion:
      if error == .none { forgetEverything(&context) } else { revive() }
    }
  }

  mutating func transition(to next: GroupState, at now: Moment) {
    previousState = state
    state = next
    stateTimestamp = now.wall
    assignmentToken = nil
  }

  /// Marks the group as one that is being deleted; `revive` undoes it.
  mutating func die() {
    state = .dead
  }

  mutating func revive() {
    state = .empty
  }

  /// Wakes the group no later than this.
  mutating func wake(by deadline: Int64) {
    wake = min(wake, deadline)
  }

  /// Who may speak for a member: it is known, and nobody has taken its instance id over.
  func error(for member: GroupMemberIdentity) -> ErrorCode {
    if let instanceID = member.instanceID {
      guard let current = staticMembers[instanceID] else { return .unknownMemberID }
      guard current == member.memberID else { return .fencedInstanceID }
    }
    return members.contains(member.memberID) ? .none : .unknownMemberID
  }

  /// Whether a member with these protocols can take part.
  func supports(_ type: String, _ protocols: [GroupProtocol]) -> Bool {
    if state == .empty { return !type.isEmpty && !protocols.isEmpty }
    return protocolType == type && protocols.contains { members.isKnownToAll($0.name) }
  }

  /// The protocol for the next generation: each member votes for the one it prefers among those that all know.
  func chosenProtocol() -> String? {
    var votes: [(name: String, count: Int)] = []
    for member in members.list {
      guard let name = member.protocols.first(where: { members.isKnownToAll($0.name) })?.name else { continue }
      if let index = votes.firstIndex(where: { $0.name == name }) {
        votes[index].count += 1
      } else {
        votes.append((name, 1))
      }
    }
    // Of equals the first: the choice of the longest-standing member.
    return votes.reduce(nil as (name: String, count: Int)?) { best, vote in
      if let best, best.count >= vote.count { best } else { vote }
    }?.name
  }

  /// Forgets a member or a pending member; another leads when it led.
  mutating func remove(_ memberID: String) {
    if let instanceID = members.remove(memberID)?.identity.instanceID, staticMembers[instanceID] == memberID {
      staticMembers[instanceID] = nil
    }
    if leaderID == memberID { leaderID = members.list.first?.id }
    pendingMembers[memberID] = nil
    pendingSync.remove(memberID)
  }

  /// The member has been heard of.
  mutating func restartSession(_ memberID: String, _ context: GroupContext) {
    guard let member = members[memberID] else { return }
    setDeadline(memberID, to: context.deadline(afterMilliseconds: member.sessionTimeoutMs))
  }

  mutating func setDeadline(_ memberID: String, to deadline: Int64) {
    members.setDeadline(memberID, to: deadline)
    wake(by: deadline)
  }

  mutating func note(_ cause: RebalanceCause, _ context: inout GroupContext) {
    if rebalances.count == Self.rebalanceLimit { rebalances.removeFirst() }
    rebalances.append(cause)
    context.effects.append(.rebalance(groupID: id, cause: cause))
  }

  func cause(
    _ kind: RebalanceCause.Kind, _ member: ClassicGroupMember, _ context: GroupContext, reason: String? = nil
  ) -> RebalanceCause {
    RebalanceCause(
      kind, timestamp: context.now.wall, generation: generation, member: member.identity, clientID: member.clientID,
      clientHost: member.clientHost,
      clientReason: reason?.cut(toBytes: context.configuration.clientNameByteLimit))
  }

  /// Takes the state of a record in place of its own; the offsets stay.
  mutating func restore(_ snapshot: GroupSnapshot) {
    consumer = nil
    generation = snapshot.generation
    protocolType = snapshot.protocolType.isEmpty ? nil : snapshot.protocolType
    protocolName = snapshot.protocolName
    leaderID = snapshot.leaderID
    stateTimestamp = snapshot.stateTimestamp
    state = snapshot.members.isEmpty ? .empty : .stable
    isWritten = true
    members = MemberTable()
    staticMembers = [:]
    for stored in snapshot.members where !members.contains(stored.member.memberID) {
      var member = ClassicGroupMember(
        identity: stored.member, clientID: stored.clientID, clientHost: stored.clientHost,
        sessionTimeoutMs: stored.sessionTimeoutMs,
        rebalanceTimeoutMs: stored.rebalanceTimeoutMs < 0 ? stored.sessionTimeoutMs : stored.rebalanceTimeoutMs,
        protocols: [GroupProtocol(name: snapshot.protocolName ?? "", metadata: stored.subscription)])
      member.assignment = stored.assignment
      members.append(member)
      if let instanceID = stored.member.instanceID { staticMembers[instanceID] = member.id }
    }
    if let leader = leaderID, !members.contains(leader) { leaderID = members.list.first?.id }
  }

  /// Takes the state of a tombstone: what is left is offsets alone.
  mutating func forget() {
    state = .empty
    generation = 0
    protocolType = nil
    protocolName = nil
    leaderID = nil
    stateTimestamp = nil
    members = MemberTable()
    staticMembers = [:]
    pendingMembers = [:]
    isWritten = false
  }

  /// As it is to be kept, with these assignments; members without one get nothing.
  func snapshot(assignments: [String: [UInt8]]) -> GroupSnapshot {
    GroupSnapshot(
      protocolType: protocolType ?? "", generation: generation, protocolName: protocolName, leaderID: leaderID,
      stateTimestamp: stateTimestamp,
      members: members.list.map { member in
        GroupSnapshot.Member(
          member: member.identity, clientID: member.clientID, clientHost: member.clientHost,
          rebalanceTimeoutMs: member.rebalanceTimeoutMs, sessionTimeoutMs: member.sessionTimeoutMs,
          subscription: member.metadata(for: protocolName), assignment: assignments[member.id] ?? [])
      })
  }
}

extension String {
  /// At most this many bytes of it, cut between characters.
  func cut(toBytes limit: Int) -> String {
    if utf8.count <= limit { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
