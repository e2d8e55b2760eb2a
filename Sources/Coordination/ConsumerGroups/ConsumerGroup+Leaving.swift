import Base
import KafkaProtocol

extension ConsumerGroup {
  /// Handles a ConsumerGroupHeartbeat request of a member that leaves. Where it is refused nothing has changed.
  mutating func leave(
    _ parameters: ConsumerHeartbeatParameters, _ context: GroupContext, cause: inout RebalanceCause?
  ) throws(ConsumerGroupRefusal) -> ConsumerHeartbeatReply {
    var id = parameters.member.memberID
    if let instanceID = parameters.member.instanceID {
      guard let currentID = staticMembers[instanceID] else {
        throw ConsumerGroupRefusal(.unknownMemberID, "instance \(instanceID) is not one of group \(parameters.groupID)")
      }
      guard currentID == id else {
        throw ConsumerGroupRefusal(.fencedInstanceID, "instance \(instanceID) belongs to member \(currentID) now")
      }
      id = currentID
    }
    guard var member = members[id] else {
      throw ConsumerGroupRefusal(.unknownMemberID, "member \(id) is not one of group \(parameters.groupID)")
    }
    if parameters.epoch == ConsumerHeartbeatParameters.leavingForAWhile {
      member.current.epoch = ConsumerHeartbeatParameters.leavingForAWhile
      member.current.pendingRevocation = PartitionSet()
      member.rebalanceDeadline = .max
      store(member, as: id)
    } else {
      cause = remove(id, .memberLeft, context)
    }
    return ConsumerHeartbeatReply(memberID: id, epoch: parameters.epoch)
  }

  /// Takes a member out and moves to the next epoch; the others' targets are computed when one of them is heard of.
  @discardableResult
  mutating func remove(
    _ id: String, _ kind: RebalanceCause.Kind, _ context: GroupContext, reason: String? = nil
  ) -> RebalanceCause? {
    guard let member = members[id] else { return nil }
    let cause = cause(kind, id, member.metadata, at: epoch, context, reason: reason)
    discard(id)
    _ = refreshTopics(context, force: true)
    advanceEpoch()
    return cause
  }

  /// Takes out who was not heard of in time, or kept what it was to give up.
  mutating func expire(_ context: GroupContext) -> [RebalanceCause] {
    let now = context.now.monotonic
    let due = members.filter { $0.value.sessionDeadline <= now || $0.value.rebalanceDeadline <= now }.keys.sorted()
    return due.compactMap { id in
      guard let member = members[id] else { return nil }
      let kind: RebalanceCause.Kind
      if member.sessionDeadline <= now {
        kind = .sessionExpired
      } else {
        kind = member.isClassic ? .assignmentNotFetched : .revocationTimedOut
      }
      return remove(id, kind, context)
    }
  }

  /// Whether offsets may be committed or fetched in a member's name. `isAware`: the client knows of epochs (OffsetCommit
  /// and OffsetFetch 9 and later).
  func error(forOffsetsOf memberID: String, epoch: Int32, isAware: Bool) -> ErrorCode {
    guard let member = members[memberID] else { return .unknownMemberID }
    if !member.isClassic, !isAware { return .unsupportedVersion }
    if epoch == member.current.epoch { return .none }
    return member.isClassic ? .illegalGeneration : .staleMemberEpoch
  }

  func describe(_ groupID: String, isDead: Bool, rebalances: [RebalanceCause]) -> ConsumerGroupDescription {
    ConsumerGroupDescription(
      groupID: groupID, state: isDead ? .dead : state, epoch: epoch, assignmentEpoch: assignmentEpoch,
      assignor: assignor.rawValue,
      members: members.sorted { $0.key < $1.key }.map { id, member in
        ConsumerGroupDescription.Member(
          id: id, metadata: member.metadata, state: member.current, target: targets[id] ?? PartitionSet())
      },
      rebalances: rebalances)
  }
}
