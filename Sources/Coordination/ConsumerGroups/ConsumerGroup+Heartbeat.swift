import Base
import KafkaProtocol

extension ConsumerGroup {
  /// Who sent a heartbeat.
  private enum Sender {
    case new(String)
    case known(String)
    /// A static member under a new id, and its old one.
    case returned(String, from: String)

    var id: String {
      switch self {
      case .new(let id), .known(let id), .returned(let id, _): id
      }
    }
  }

  /// Handles a ConsumerGroupHeartbeat request of a member that joins or stays. Where it is refused nothing has changed.
  ///
  /// - Parameter cause: set when the epoch of the group changes.
  mutating func heartbeat(
    _ parameters: ConsumerHeartbeatParameters, _ context: inout GroupContext, cause: inout RebalanceCause?
  ) throws(ConsumerGroupRefusal) -> ConsumerHeartbeatReply {
    let sender = try sender(of: parameters, &context)
    let before = members[sender.id] ?? returning(sender)
    let metadata = try metadata(parameters, before?.metadata, context)
    let assignedBefore = before?.current.assigned ?? PartitionSet()
    var member = before ?? ConsumerMember(metadata: metadata)
    member.metadata = metadata
    if case .returned(let id, let oldID) = sender { replace(oldID, by: id, &member) }
    store(member, as: sender.id)

    let changed = before.map { Self.hasChanged($0.metadata, metadata) } ?? true
    let epochBefore = epoch
    let topicsChanged = refreshTopics(context, force: changed)
    if changed || topicsChanged {
      advanceEpoch()
      let kind: RebalanceCause.Kind = before == nil ? .memberJoined : changed ? .subscriptionChanged : .topicsChanged
      cause = self.cause(kind, sender.id, metadata, at: epochBefore, context)
    }
    updateTargets()
    reconcile(sender.id, owned: parameters.owned, context)

    guard let after = members[sender.id] else { return ConsumerHeartbeatReply(error: .unknownMemberID) }
    setDeadlines(of: sender.id, session: sessionDeadline(of: after, context))
    var answer = ConsumerHeartbeatReply(
      memberID: sender.id, epoch: after.current.epoch,
      heartbeatIntervalMs: context.configuration.consumerHeartbeatIntervalMs)
    if parameters.epoch == 0 || parameters.isFull || after.current.assigned != assignedBefore {
      answer.assignment = after.current.assigned
    }
    return answer
  }

  private static func hasChanged(_ before: ConsumerMemberMetadata, _ after: ConsumerMemberMetadata) -> Bool {
    before.topics != after.topics || before.effectivePattern != after.effectivePattern
      || before.assignor != after.assignor
  }

  func cause(
    _ kind: RebalanceCause.Kind, _ id: String, _ metadata: ConsumerMemberMetadata, at epoch: Int32,
    _ context: GroupContext, reason: String? = nil
  ) -> RebalanceCause {
    RebalanceCause(
      kind, timestamp: context.now.wall, generation: epoch,
      member: GroupMemberIdentity(memberID: id, instanceID: metadata.instanceID), clientID: metadata.clientID,
      clientHost: metadata.clientHost, clientReason: reason?.cut(toBytes: context.configuration.clientNameByteLimit))
  }

  // MARK: Who it is

  private func sender(
    of parameters: ConsumerHeartbeatParameters, _ context: inout GroupContext
  ) throws(ConsumerGroupRefusal) -> Sender {
    let given = parameters.member.memberID
    let sender: Sender
    if let instanceID = parameters.member.instanceID {
      sender = try staticSender(instanceID, given, parameters, &context)
    } else if let member = members[given] {
      try check(epoch: parameters.epoch, of: member, owned: parameters.owned)
      sender = .known(given)
    } else {
      sender = try newcomer(given, parameters, &context)
    }
    if case .new = sender, members.count >= context.configuration.consumerMaxSize {
      throw ConsumerGroupRefusal(
        .groupMaxSizeReached,
        "the group has \(members.count) members, and group.consumer.max.size is \(context.configuration.consumerMaxSize)"
      )
    }
    return sender
  }

  private func newcomer(
    _ id: String, _ parameters: ConsumerHeartbeatParameters, _ context: inout GroupContext
  ) throws(ConsumerGroupRefusal) -> Sender {
    guard parameters.epoch == ConsumerHeartbeatParameters.joining else {
      throw ConsumerGroupRefusal(.unknownMemberID, "member \(id) is not one of group \(parameters.groupID)")
    }
    return .new(id.isEmpty ? "\(UUID(random: &context.random))" : id)
  }

  private func staticSender(
    _ instanceID: String, _ id: String, _ parameters: ConsumerHeartbeatParameters, _ context: inout GroupContext
  ) throws(ConsumerGroupRefusal) -> Sender {
    guard let currentID = staticMembers[instanceID], let current = members[currentID] else {
      if members[id] != nil {
        throw ConsumerGroupRefusal(.unknownMemberID, "member \(id) is not instance \(instanceID)")
      }
      return try newcomer(id, parameters, &context)
    }
    // One that speaks the classic protocol does not say that it leaves: whoever comes next takes its place.
    let hasLeft = current.current.epoch == ConsumerHeartbeatParameters.leavingForAWhile || current.isClassic
    if parameters.epoch == ConsumerHeartbeatParameters.joining, hasLeft {
      guard id == currentID || members[id] == nil else {
        throw ConsumerGroupRefusal(.unknownMemberID, "member \(id) is not instance \(instanceID)")
      }
      return .returned(id.isEmpty ? "\(UUID(random: &context.random))" : id, from: currentID)
    }
    if parameters.epoch == ConsumerHeartbeatParameters.joining, currentID != id {
      throw ConsumerGroupRefusal(
        .unreleasedInstanceID, "instance \(instanceID) belongs to member \(currentID), which has not left")
    }
    guard currentID == id else {
      throw ConsumerGroupRefusal(.fencedInstanceID, "instance \(instanceID) belongs to member \(currentID) now")
    }
    try check(epoch: parameters.epoch, of: current, owned: parameters.owned)
    return .known(id)
  }

  /// A member comes with its epoch, or with the one before when it missed the last answer; then it can have no more than
  /// it was given.
  private func check(
    epoch: Int32, of member: ConsumerMember, owned: PartitionSet?
  ) throws(ConsumerGroupRefusal) {
    let current = member.current
    if epoch == current.epoch { return }
    if epoch < current.epoch, epoch == current.previousEpoch, let owned, owned.isSubset(of: current.assigned) { return }
    throw ConsumerGroupRefusal(
      .fencedMemberEpoch,
      "the member came with epoch \(epoch) and has epoch \(current.epoch); it has to give up all partitions and join again"
    )
  }

  private func returning(_ sender: Sender) -> ConsumerMember? {
    if case .returned(_, let oldID) = sender { members[oldID] } else { nil }
  }

  /// Gives a static member that has come back what it had, under its new id.
  mutating func replace(_ oldID: String, by id: String, _ member: inout ConsumerMember) {
    let target = targets[oldID]
    discard(oldID)
    member.current.epoch = 0
    member.current.previousEpoch = 0
    member.current.state = ConsumerMember.State.stable.rawValue
    setTarget(target, of: id)
  }

  // MARK: What it says of itself

  private mutating func metadata(
    _ parameters: ConsumerHeartbeatParameters, _ before: ConsumerMemberMetadata?, _ context: GroupContext
  ) throws(ConsumerGroupRefusal) -> ConsumerMemberMetadata {
    let limit = context.configuration.clientNameByteLimit
    var metadata = before ?? ConsumerMemberMetadata()
    metadata.classic = nil
    metadata.clientID = parameters.clientID.cut(toBytes: limit)
    metadata.clientHost = parameters.clientHost
    if let instanceID = parameters.member.instanceID { metadata.instanceID = instanceID }
    if let rackID = parameters.rackID { metadata.rackID = rackID.cut(toBytes: limit) }
    if let timeout = parameters.rebalanceTimeoutMs { metadata.rebalanceTimeoutMs = timeout }
    if let assignor = parameters.assignor { metadata.assignor = assignor }
    if let topics = parameters.topics { metadata.topics = Set(topics).sorted() }
    if let pattern = parameters.pattern { metadata.pattern = pattern }
    if let pattern = metadata.effectivePattern, pattern != before?.effectivePattern { try check(pattern: pattern) }
    let grown = metadata.byteCount - (before?.byteCount ?? 0)
    if grown > 0, context.memberByteCount + grown > context.configuration.memberByteLimit {
      throw ConsumerGroupRefusal(
        .groupMaxSizeReached,
        "members of this coordinator's groups hold \(context.memberByteCount) bytes and may hold no more")
    }
    return metadata
  }
}
