import Base
import KafkaProtocol

extension ClassicGroup {
  /// Starts over unless that is under way already; then sees whether it can go on.
  mutating func rebalanceOrComplete(_ cause: RebalanceCause, _ context: inout GroupContext) {
    switch state {
    case .empty, .completingRebalance, .stable: prepareRebalance(cause, &context)
    case .preparingRebalance: completeJoinIfAllJoined(&context)
    case .dead: break
    }
  }

  /// Asks all members to join again, which they learn from their heartbeats.
  mutating func prepareRebalance(_ cause: RebalanceCause, _ context: inout GroupContext) {
    if state == .completingRebalance { failSyncs(.rebalanceInProgress, &context) }
    pendingSync = []
    syncDeadline = .max
    note(cause, &context)
    guard state == .empty else {
      transition(to: .preparingRebalance, at: context.now)
      if haveAllMembersJoined {
        completeJoin(&context)
      } else {
        awaitJoins(milliseconds: rebalanceTimeoutMs, context)
      }
      return
    }
    // A new group: more members are likely to come in a moment.
    let delay = context.configuration.initialRebalanceDelayMs
    initialDelay = (delay, max(rebalanceTimeoutMs - delay, 0))
    newMemberAdded = false
    transition(to: .preparingRebalance, at: context.now)
    awaitJoins(milliseconds: delay, context)
  }

  private mutating func awaitJoins(milliseconds: Int32, _ context: GroupContext) {
    joinDeadline = context.deadline(afterMilliseconds: milliseconds)
    wake(by: joinDeadline)
  }

  /// Goes on when nobody is missing, but for a new group, which waits for its time.
  mutating func completeJoinIfAllJoined(_ context: inout GroupContext) {
    guard state == .preparingRebalance, previousState != .empty, haveAllMembersJoined else { return }
    completeJoin(&context)
  }

  /// The time to wait for members is over.
  mutating func joinDeadlinePassed(_ context: inout GroupContext) {
    if let delay = initialDelay, newMemberAdded, delay.remainingMs > 0 {
      newMemberAdded = false
      let next = min(context.configuration.initialRebalanceDelayMs, delay.remainingMs)
      initialDelay = (next, max(delay.remainingMs - delay.currentMs, 0))
      return awaitJoins(milliseconds: next, context)
    }
    completeJoin(&context)
  }

  /// Leaves those behind who have not joined, but for static members, and begins the next generation.
  mutating func completeJoin(_ context: inout GroupContext) {
    joinDeadline = .max
    for member in members.list where member.joinRequest == nil && !member.isStatic { remove(member.id) }
    if !members.isEmpty, !electJoinedLeader() {
      // Static members alone, and none of them back: their sessions decide. A rebalance timeout may be next to nothing.
      return awaitJoins(
        milliseconds: max(rebalanceTimeoutMs, context.configuration.minSessionTimeoutMs), context)
    }
    initialDelay = nil
    newMemberAdded = false
    pendingSync = []
    generation = generation == .max ? 1 : generation + 1
    guard !members.isEmpty else {
      protocolName = nil
      leaderID = nil
      transition(to: .empty, at: context.now)
      append([.group(id, snapshot(assignments: [:]))], then: .none, &context)
      return
    }
    protocolName = chosenProtocol()
    transition(to: .completingRebalance, at: context.now)
    for memberID in members.list.map(\.id) { tellGeneration(to: memberID, &context) }
    syncDeadline = context.deadline(afterMilliseconds: rebalanceTimeoutMs)
    wake(by: syncDeadline)
  }

  private mutating func tellGeneration(to memberID: String, _ context: inout GroupContext) {
    if let request = members[memberID]?.joinRequest {
      context.reply(.join(currentGeneration(for: memberID)), to: request)
    }
    members.update(memberID) { member in
      member.isNew = false
      member.joinRequest = nil
    }
    restartSession(memberID, context)
    pendingSync.insert(memberID)
  }

  /// The leader stays when it has joined, else another of those who have leads; false when nobody has joined.
  private mutating func electJoinedLeader() -> Bool {
    if let leaderID, members[leaderID]?.joinRequest != nil { return true }
    guard let joined = members.list.first(where: { $0.joinRequest != nil }) else { return false }
    leaderID = joined.id
    return true
  }

  /// Begins to run again after it was read from the log.
  mutating func resume(_ context: inout GroupContext) {
    consumer?.resume(context)
    if let consumer { wake(by: consumer.nextDeadline) }
    for memberID in members.list.map(\.id) { restartSession(memberID, context) }
    guard members.count > context.configuration.maxSize, let last = members.list.last else { return }
    prepareRebalance(cause(.overCapacity, last, context), &context)
  }

  /// Carries out what is due, and finds out when something is next.
  mutating func tick(_ context: inout GroupContext) {
    let now = context.now.monotonic
    for (memberID, deadline) in pendingMembers.sorted(by: { $0.key < $1.key }) where deadline <= now {
      remove(memberID)
      completeJoinAfterRemoval(&context)
    }
    for memberID in members.list.filter({ $0.deadline <= now }).map(\.id) { sessionPassed(memberID, &context) }
    if joinDeadline <= now, state == .preparingRebalance { joinDeadlinePassed(&context) }
    if syncDeadline <= now { syncDeadlinePassed(&context) }
    expireConsumers(&context)
    wake = min(
      joinDeadline, syncDeadline, pendingMembers.values.min() ?? .max, consumer?.nextDeadline ?? .max)
    for member in members.list { wake(by: member.deadline) }
  }

  private mutating func sessionPassed(_ memberID: String, _ context: inout GroupContext) {
    // An earlier expiry may have removed it, or answered it and so begun its session anew.
    guard let member = members[memberID], member.deadline <= context.now.monotonic else { return }
    let isWaiting = member.joinRequest != nil || member.syncRequest != nil
    if isWaiting, !member.isNew {
      // It cannot send heartbeats; its session begins again with the answer.
      members.setDeadline(memberID, to: .max)
      return
    }
    answerUnknown(member, &context)
    remove(memberID)
    switch state {
    case .stable, .completingRebalance: prepareRebalance(cause(.sessionExpired, member, context), &context)
    case .preparingRebalance: completeJoinAfterRemoval(&context)
    case .empty, .dead: break
    }
  }

  /// Tells a member that is being removed to begin anew, if it waits.
  mutating func answerUnknown(_ member: ClassicGroupMember, _ context: inout GroupContext) {
    if let request = member.joinRequest {
      context.reply(.join(JoinGroupReply(error: .unknownMemberID, memberID: "")), to: request)
    }
    if let request = member.syncRequest {
      context.reply(.sync(SyncGroupReply(error: .unknownMemberID)), to: request)
    }
  }

  private mutating func completeJoinAfterRemoval(_ context: inout GroupContext) {
    if state == .preparingRebalance, haveAllMembersJoined { completeJoin(&context) }
  }

  /// Those who did not ask for their assignment within the rebalance timeout are removed.
  private mutating func syncDeadlinePassed(_ context: inout GroupContext) {
    syncDeadline = .max
    guard state == .completingRebalance || state == .stable else { return }
    let missing = members.list.filter { pendingSync.contains($0.id) }
    guard let first = missing.first else { return }
    for member in missing { remove(member.id) }
    prepareRebalance(cause(.assignmentNotFetched, first, context), &context)
  }
}
