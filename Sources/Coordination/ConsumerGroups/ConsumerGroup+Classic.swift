import Base
import KafkaProtocol

// Members of a consumer group that still speak the classic protocol: the group is on its way from that protocol to the
// next, or back. They join, are given their assignment by SyncGroup, and join again whenever there is more to give or to
// give up.
extension ConsumerGroup {
  var hasClassicMembersOnly: Bool { !members.isEmpty && members.values.allSatisfy(\.isClassic) }

  /// Whether every classic member knows one of these.
  func supports(_ protocolType: String, _ protocols: [GroupProtocol]) -> Bool {
    guard protocolType == "consumer" else { return false }
    let known = members.values.compactMap(\.metadata.classic)
    return protocols.contains { wanted in known.allSatisfy { $0.protocols.contains { $0.name == wanted.name } } }
  }

  /// Handles a JoinGroup request; returns the answer.
  mutating func join(
    _ id: String, replacing oldID: String?, _ parameters: JoinGroupParameters,
    _ subscription: ConsumerProtocolSubscription, _ context: GroupContext, cause: inout RebalanceCause?
  ) -> JoinGroupReply {
    let before = members[id] ?? oldID.flatMap { members[$0] }
    let limit = context.configuration.clientNameByteLimit
    var metadata = before?.metadata ?? ConsumerMemberMetadata()
    metadata.instanceID = parameters.member.instanceID ?? metadata.instanceID
    metadata.rackID = subscription.rackID ?? metadata.rackID
    metadata.clientID = parameters.clientID.cut(toBytes: limit)
    metadata.clientHost = parameters.clientHost
    metadata.rebalanceTimeoutMs = parameters.rebalanceTimeoutMs
    metadata.topics = Set(subscription.topics).sorted()
    metadata.pattern = nil
    metadata.assignor = nil
    metadata.classic = ConsumerMemberMetadata.Classic(
      sessionTimeoutMs: parameters.sessionTimeoutMs, protocols: parameters.protocols)
    var member = before ?? ConsumerMember(metadata: metadata)
    member.metadata = metadata
    if members[id] == nil, let oldID { replace(oldID, by: id, &member) }
    store(member, as: id)

    let changed = before.map { $0.metadata.topics != metadata.topics || $0.metadata.effectivePattern != nil } ?? true
    let epochBefore = epoch
    let topicsChanged = refreshTopics(context, force: changed)
    if changed || topicsChanged {
      advanceEpoch()
      let kind: RebalanceCause.Kind = before == nil ? .memberJoined : changed ? .subscriptionChanged : .topicsChanged
      cause = self.cause(kind, id, metadata, at: epochBefore, context, reason: parameters.reason)
    }
    updateTargets()
    reconcile(id, owned: subscription.owned(context.topics), context)
    setDeadlines(
      of: id, session: context.deadline(afterMilliseconds: parameters.sessionTimeoutMs),
      rebalance: context.deadline(afterMilliseconds: parameters.rebalanceTimeoutMs))
    var answer = JoinGroupReply(memberID: id)
    answer.generation = members[id]?.current.epoch ?? -1
    answer.protocolType = "consumer"
    answer.protocolName = parameters.protocols.first?.name
    return answer
  }

  /// What keeps a classic member from asking for anything.
  private func error(for identity: GroupMemberIdentity, generation: Int32) -> ErrorCode {
    if let instanceID = identity.instanceID {
      guard let current = staticMembers[instanceID] else { return .unknownMemberID }
      guard current == identity.memberID else { return .fencedInstanceID }
    }
    guard let member = members[identity.memberID], member.isClassic else { return .unknownMemberID }
    return generation == member.current.epoch ? .none : .illegalGeneration
  }

  /// Handles a SyncGroup request; returns the answer.
  mutating func sync(_ parameters: SyncGroupParameters, _ context: GroupContext) -> SyncGroupReply {
    let id = parameters.member.memberID
    let error = error(for: parameters.member, generation: parameters.generation)
    guard error == .none, let member = members[id], let classic = member.metadata.classic else {
      return SyncGroupReply(error: error == .none ? .unknownMemberID : error)
    }
    let name = classic.protocols.first?.name
    guard (parameters.protocolType ?? "consumer") == "consumer", (parameters.protocolName ?? name) == name else {
      return SyncGroupReply(error: .inconsistentGroupProtocol)
    }
    // One that has to give something up is told that first.
    if epoch > member.current.epoch, member.state != .unrevokedPartitions {
      awaitJoin(id, member, context)
      return SyncGroupReply(error: .rebalanceInProgress)
    }
    setDeadlines(of: id, session: sessionDeadline(of: member, context), rebalance: .max)
    var answer = SyncGroupReply()
    answer.protocolType = "consumer"
    answer.protocolName = name
    do throws(ProtocolError) {
      answer.assignment = try Self.assignment(
        member.current.assigned, for: classic.protocols.first?.metadata ?? [], context.topics)
    } catch {
      // Only a topic's name that is too long for its field could do that, and there are none.
      return SyncGroupReply(error: .unknownServerError)
    }
    return answer
  }

  /// Handles a Heartbeat request.
  mutating func heartbeat(
    _ identity: GroupMemberIdentity, generation: Int32, _ context: GroupContext
  ) -> ErrorCode {
    let error = error(for: identity, generation: generation)
    let id = identity.memberID
    guard error == .none, let member = members[id] else { return error }
    setDeadlines(of: id, session: sessionDeadline(of: member, context))
    guard mustJoinAgain(member, id) else { return .none }
    awaitJoin(id, member, context)
    return .rebalanceInProgress
  }

  /// There is more for it to have or to give up than it was told when it last joined.
  private func mustJoinAgain(_ member: ConsumerMember, _ id: String) -> Bool {
    if member.current.epoch < epoch || member.state == .unrevokedPartitions { return true }
    return member.state == .unreleasedPartitions && !waitsForOthers(id)
  }

  private mutating func awaitJoin(_ id: String, _ member: ConsumerMember, _ context: GroupContext) {
    guard member.rebalanceDeadline == .max else { return }
    setDeadlines(of: id, rebalance: context.deadline(afterMilliseconds: member.metadata.rebalanceTimeoutMs))
  }

  /// Partitions as a classic member reads them, in the version in which it wrote its subscription.
  static func assignment(
    _ partitions: PartitionSet, for subscription: [UInt8], _ catalog: TopicCatalog
  ) throws(ProtocolError) -> [UInt8] {
    var assignment = ConsumerProtocolAssignment()
    assignment.assignedPartitions = partitions.sorted.compactMap { topicID, partitions in
      guard let name = catalog.name(of: topicID) else { return nil }
      var topic = ConsumerProtocolAssignment.TopicPartition()
      topic.topic = name
      topic.partitions = partitions
      return topic
    }
    let written = subscription.count < 2 ? 0 : Int16(bitPattern: UInt16(subscription[0]) << 8 | UInt16(subscription[1]))
    let versions = ConsumerProtocolAssignment.versions
    return try assignment.encodedWithVersion(min(max(written, versions.lowerBound), versions.upperBound))
  }
}

extension ConsumerProtocolSubscription {
  /// What the member has kept; topics that are gone are left out.
  fileprivate func owned(_ catalog: TopicCatalog) -> PartitionSet {
    PartitionSet(ownedPartitions.compactMap { topic in catalog.topics[topic.topic].map { ($0.id, topic.partitions) } })
  }
}
