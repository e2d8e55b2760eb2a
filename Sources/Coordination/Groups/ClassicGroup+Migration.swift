import Base
import KafkaProtocol

// A group moves from the classic protocol to the next-generation one with the first member that speaks that, and back
// when the last of them leaves; its members do so one at a time (KIP-848, online migration).
extension ClassicGroup {
  /// Becomes a group of the next-generation protocol, with the members that it has.
  mutating func becomeConsumerGroup(
    _ parameters: ConsumerHeartbeatParameters, _ context: GroupContext
  ) throws(ConsumerGroupRefusal) {
    guard parameters.epoch == ConsumerHeartbeatParameters.joining,
      members.isEmpty || protocolType == "consumer" && members.count <= context.configuration.consumerMaxSize
    else { throw ConsumerGroupRefusal(.groupIDNotFound, "group \(id) is not a consumer group") }
    // Until all have their assignments it is not known who reads what.
    guard members.isEmpty || state == .stable && pendingSync.isEmpty else {
      throw ConsumerGroupRefusal(
        .coordinatorLoadInProgress, "the classic members of group \(id) are agreeing on who reads what; try again")
    }
    var group = ConsumerGroup()
    if generation > 0 { group.begin(at: generation) }
    for member in members.list { try take(member, into: &group, context) }
    let wasWritten = isWritten || protocolType != nil
    consumer = group
    if wasWritten { owe([.group(id, nil)]) }
    forget()
    pendingSync = []
    (joinDeadline, syncDeadline, initialDelay, newMemberAdded) = (.max, .max, nil, false)
    assignmentToken = nil
    if wasWritten { isWritten = true }
  }

  private func take(
    _ member: ClassicGroupMember, into group: inout ConsumerGroup, _ context: GroupContext
  ) throws(ConsumerGroupRefusal) {
    let protocols = member.protocols
    let subscription = member.protocols.first { $0.name == protocolName } ?? protocols.first
    do throws(ProtocolError) {
      let said = try ConsumerProtocolSubscription(decodingWithVersion: subscription?.metadata ?? [])
      var assigned = PartitionSet()
      if !member.assignment.isEmpty {
        let given = try ConsumerProtocolAssignment(decodingWithVersion: member.assignment)
        assigned = PartitionSet(
          given.assignedPartitions.compactMap { topic in
            context.topics.topics[topic.topic].map { ($0.id, topic.partitions) }
          })
      }
      // A leader can have given a partition to two.
      let owners = group.owners
      assigned = assigned.filter { owners[$0]?[$1] == nil }
      var taken = ConsumerMember(
        metadata: ConsumerMemberMetadata(
          instanceID: member.identity.instanceID, rackID: said.rackID, clientID: member.clientID,
          clientHost: member.clientHost, topics: Set(said.topics).sorted(),
          rebalanceTimeoutMs: member.rebalanceTimeoutMs,
          classic: .init(sessionTimeoutMs: member.sessionTimeoutMs, protocols: protocols)))
      taken.current = ConsumerMemberState(epoch: generation, previousEpoch: generation, assigned: assigned)
      taken.sessionDeadline = context.deadline(afterMilliseconds: member.sessionTimeoutMs)
      group.store(taken, as: member.id)
      group.setTarget(assigned, of: member.id)
    } catch {
      throw ConsumerGroupRefusal(
        .groupIDNotFound, "group \(id) has a member whose subscription cannot be read: \(error)")
    }
  }

  /// Becomes a classic group again, whose members have to agree anew.
  mutating func downgrade(_ cause: RebalanceCause, _ context: inout GroupContext) {
    guard var group = consumer else { return }
    let gone = group.takeRecords().records.filter(\.isTombstone)
    consumer = nil
    owe((gone + group.tombstones()).map { .consumer(id, $0) })
    generation = group.epoch
    protocolType = "consumer"
    for (id, member) in group.members.sorted(by: { $0.key < $1.key }) {
      guard let classic = member.metadata.classic else { continue }
      var restored = ClassicGroupMember(
        identity: GroupMemberIdentity(memberID: id, instanceID: member.metadata.instanceID),
        clientID: member.metadata.clientID, clientHost: member.metadata.clientHost,
        sessionTimeoutMs: classic.sessionTimeoutMs, rebalanceTimeoutMs: member.metadata.rebalanceTimeoutMs,
        protocols: classic.protocols)
      do throws(ProtocolError) {
        restored.assignment = try ConsumerGroup.assignment(
          group.targets[id] ?? PartitionSet(), for: classic.protocols.first?.metadata ?? [], context.topics)
      } catch {
        // It joins again in any case, and is assigned anew.
        restored.assignment = []
      }
      members.append(restored)
      if let instanceID = member.metadata.instanceID { staticMembers[instanceID] = id }
      restartSession(id, context)
    }
    leaderID = members.list.first?.id
    protocolName = chosenProtocol()
    transition(to: .stable, at: context.now)
    let assignments = Dictionary(uniqueKeysWithValues: members.list.map { ($0.id, $0.assignment) })
    append([.group(id, snapshot(assignments: assignments))], then: .none, &context)
    prepareRebalance(cause, &context)
  }

  // MARK: Classic requests to a consumer group

  mutating func joinConsumers(
    _ parameters: JoinGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    func refuse(_ error: ErrorCode, _ context: inout GroupContext) {
      context.reply(.join(JoinGroupReply(error: error, memberID: parameters.member.memberID)), to: request)
    }
    guard consumer?.supports(parameters.protocolType, parameters.protocols) == true,
      let first = parameters.protocols.first
    else { return refuse(.inconsistentGroupProtocol, &context) }
    let subscription: ConsumerProtocolSubscription
    do throws(ProtocolError) {
      subscription = try ConsumerProtocolSubscription(decodingWithVersion: first.metadata)
    } catch {
      return refuse(.inconsistentGroupProtocol, &context)
    }
    var id = parameters.member.memberID
    let current = parameters.member.instanceID.flatMap { consumer?.staticMembers[$0] }
    if let current, !id.isEmpty, current != id { return refuse(.fencedInstanceID, &context) }
    if let member = consumer?.members[id], parameters.member.instanceID != member.metadata.instanceID {
      return refuse(.unknownMemberID, &context)
    }
    if id.isEmpty {
      id = newMemberID(parameters, &context)
      if parameters.member.instanceID == nil, parameters.requiresKnownMemberID {
        let deadline = context.deadline(afterMilliseconds: parameters.sessionTimeoutMs)
        pendingMembers[id] = deadline
        wake(by: deadline)
        return context.reply(.join(JoinGroupReply(error: .memberIDRequired, memberID: id)), to: request)
      }
    }
    // One that was taken out may still read what others have been given.
    if !parameters.member.memberID.isEmpty, consumer?.members[id] == nil, pendingMembers.removeValue(forKey: id) == nil
    {
      return refuse(.unknownMemberID, &context)
    }
    let isKnown = current != nil || consumer?.members[id] != nil
    let count = consumer?.members.count ?? 0
    if !isKnown, count >= context.configuration.consumerMaxSize { return refuse(.groupMaxSizeReached, &context) }
    var cause: RebalanceCause?
    guard
      let joined = consumer?.join(
        id, replacing: current == id ? nil : current, parameters, subscription, context, cause: &cause)
    else { return refuse(.unknownMemberID, &context) }
    if let group = consumer, group.hasClassicMembersOnly, let member = group.members[id] {
      // The last that spoke the next-generation protocol came back with the classic one.
      downgrade(
        cause ?? group.cause(.staticMemberReplaced, id, member.metadata, at: group.epoch, context), &context)
      var again = parameters
      again.member.memberID = id
      return join(again, request, &context)
    }
    consumersChanged(cause.map { [$0] } ?? [], &context)
    answer(.join(joined), to: request, &context)
  }

  mutating func syncConsumers(
    _ parameters: SyncGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    guard let synced = consumer?.sync(parameters, context) else { return }
    if let consumer { wake(by: consumer.nextDeadline) }
    answer(.sync(synced), to: request, &context)
  }

  mutating func heartbeatConsumers(
    _ member: GroupMemberIdentity, generation: Int32, _ context: GroupContext
  ) -> ErrorCode {
    let error = consumer?.heartbeat(member, generation: generation, context)
    if let consumer { wake(by: consumer.nextDeadline) }
    return error ?? .unknownMemberID
  }

  mutating func leaveConsumers(
    _ leaving: [LeavingMember], _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    var left = LeaveGroupReply()
    var causes: [RebalanceCause] = []
    for one in leaving {
      var id = one.member.memberID
      var error: ErrorCode = .none
      if let instanceID = one.member.instanceID {
        let current = consumer?.staticMembers[instanceID]
        if let current, !id.isEmpty, current != id { error = .fencedInstanceID }
        id = current ?? ""
      }
      if error == .none, consumer?.members[id] == nil { error = .unknownMemberID }
      left.members.append(LeaveGroupReply.Member(one.member, error: error))
      guard error == .none, let cause = consumer?.remove(id, .memberLeft, context, reason: one.reason) else { continue }
      causes.append(cause)
    }
    consumersChanged(causes, &context)
    answer(.leave(left), to: request, &context)
  }
}
