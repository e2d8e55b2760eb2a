import Base

extension ConsumerGroup {
  /// Brings a member one step nearer to its target: first it gives up, then it is given what others have given up.
  ///
  /// - Parameter owned: what the member says it has; nil when it does not say.
  mutating func reconcile(_ id: String, owned: PartitionSet?, _ context: GroupContext) {
    guard var member = members[id] else { return }
    let before = member.current
    switch member.state {
    case .stable where before.epoch == assignmentEpoch:
      return
    case .stable, .unreleasedPartitions:
      member.current = next(after: before, of: id, revokingEpoch: before.epoch)
    case .unrevokedPartitions:
      // Only the member can say that it has given them up.
      guard let owned, owned.isDisjoint(with: before.pendingRevocation) else { return }
      member.current = next(after: before, of: id, revokingEpoch: before.epoch == .max ? .max : before.epoch + 1)
    }
    guard member.current != before else { return }
    member.rebalanceDeadline = .max
    if member.state == .unrevokedPartitions {
      member.rebalanceDeadline = context.deadline(afterMilliseconds: member.metadata.rebalanceTimeoutMs)
    }
    store(member, as: id)
  }

  /// What a member has next that has nothing left to give up.
  ///
  /// - Parameter revokingEpoch: its epoch where it has to give up more before it can go on.
  private func next(after before: ConsumerMemberState, of id: String, revokingEpoch: Int32) -> ConsumerMemberState {
    let target = targets[id] ?? PartitionSet()
    var after = before
    after.assigned = before.assigned.intersection(target)
    // A static member that has just come back has nothing yet of what it had.
    after.pendingRevocation = before.epoch <= 0 ? PartitionSet() : before.assigned.subtracting(target)
    guard after.pendingRevocation.isEmpty else {
      after.state = ConsumerMember.State.unrevokedPartitions.rawValue
      after.advance(to: revokingEpoch)
      return after
    }
    let missing = target.subtracting(after.assigned)
    let free = missing.filter { topicID, partition in
      // What it has just given up itself is free too.
      owners[topicID]?[partition].map { $0 == id } ?? true
    }
    after.assigned.formUnion(free)
    let isComplete = free.count == missing.count
    after.state = (isComplete ? ConsumerMember.State.stable : .unreleasedPartitions).rawValue
    after.advance(to: assignmentEpoch)
    return after
  }

  /// Whether all that a member lacks is still with others.
  func waitsForOthers(_ id: String) -> Bool {
    guard let member = members[id], let target = targets[id] else { return false }
    let missing = target.subtracting(member.current.assigned)
    return missing.filter { owners[$0]?[$1] == nil }.isEmpty
  }
}
