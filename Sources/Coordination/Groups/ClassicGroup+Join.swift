import Base
import KafkaProtocol

extension ClassicGroup {
  /// Handles a JoinGroup request: answered at once where nothing has to be agreed on, else when all have joined.
  mutating func join(_ parameters: JoinGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext) {
    let memberID = parameters.member.memberID
    let error: ErrorCode
    if state == .dead {
      error = .coordinatorNotAvailable
    } else if !hasRoom(for: parameters.member, context) {
      // In a rebalance this may be a member: those who come back last are kicked out when the limit was lowered.
      remove(memberID)
      completeJoinIfAllJoined(&context)
      error = .groupMaxSizeReached
    } else if context.memberByteCount + parameters.byteCount > context.configuration.memberByteLimit {
      error = .groupMaxSizeReached
    } else if consumer?.isEmpty == false {
      return joinConsumers(parameters, request, &context)
    } else if !supports(parameters.protocolType, parameters.protocols) {
      error = .inconsistentGroupProtocol
    } else if memberID.isEmpty {
      return joinAsNew(parameters, request, &context)
    } else if pendingMembers[memberID] != nil {
      // A static member is never asked to come back with an id.
      if parameters.member.instanceID == nil { return addMember(memberID, parameters, request, &context) }
      error = .unknownMemberID
    } else {
      error = self.error(for: parameters.member)
      if error == .none { return joinAgain(parameters, request, &context) }
    }
    let named = error == .groupMaxSizeReached ? "" : memberID
    context.reply(.join(JoinGroupReply(error: error, memberID: named)), to: request)
  }

  /// Room by `group.max.size`.
  private func hasRoom(for member: GroupMemberIdentity, _ context: GroupContext) -> Bool {
    let limit = context.configuration.maxSize
    if member.memberID.isEmpty, pendingMembers.count >= limit { return false }
    // Whoever takes the place of a static member makes the group no larger.
    if let instanceID = member.instanceID, staticMembers[instanceID] != nil { return true }
    switch state {
    case .empty, .dead: return true
    case .preparingRebalance:
      // Those who wait count, not the members, of which there may be too many already.
      return members[member.memberID]?.joinRequest != nil || members.awaitingJoinCount < limit
    case .completingRebalance, .stable:
      return members.contains(member.memberID) || members.count < limit
    }
  }

  private mutating func joinAsNew(
    _ parameters: JoinGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    let memberID = newMemberID(parameters, &context)
    if let instanceID = parameters.member.instanceID {
      if let current = staticMembers[instanceID] {
        return returnAsStatic(current, as: memberID, parameters, request, &context)
      }
    } else if parameters.requiresKnownMemberID {
      let deadline = context.deadline(afterMilliseconds: parameters.sessionTimeoutMs)
      pendingMembers[memberID] = deadline
      wake(by: deadline)
      return context.reply(.join(JoinGroupReply(error: .memberIDRequired, memberID: memberID)), to: request)
    }
    addMember(memberID, parameters, request, &context)
  }

  func newMemberID(_ parameters: JoinGroupParameters, _ context: inout GroupContext) -> String {
    let limit = context.configuration.clientNameByteLimit
    let prefix = parameters.member.instanceID ?? parameters.clientID.cut(toBytes: limit)
    var id: String
    repeat { id = "\(prefix)-\(UUID(random: &context.random))" } while members.contains(id) || pendingMembers[id] != nil
    return id
  }

  private mutating func addMember(
    _ memberID: String, _ parameters: JoinGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    becomeClassic()
    if state == .preparingRebalance, previousState == .empty { newMemberAdded = true }
    if members.isEmpty { protocolType = parameters.protocolType }
    let limit = context.configuration.clientNameByteLimit
    var member = ClassicGroupMember(
      identity: GroupMemberIdentity(memberID: memberID, instanceID: parameters.member.instanceID),
      clientID: parameters.clientID.cut(toBytes: limit), clientHost: parameters.clientHost,
      sessionTimeoutMs: parameters.sessionTimeoutMs, rebalanceTimeoutMs: parameters.rebalanceTimeoutMs,
      protocols: parameters.protocols)
    member.isNew = true
    members.append(member)
    members.setJoinRequest(memberID, to: request)
    if let instanceID = member.identity.instanceID { staticMembers[instanceID] = memberID }
    if leaderID == nil { leaderID = memberID }
    pendingMembers[memberID] = nil
    // It cannot send heartbeats while it waits and has no generation; a client that went away and asks again would
    // leave dead members behind. If it is still there when this time is over, it asks again.
    setDeadline(memberID, to: context.deadline(afterMilliseconds: context.configuration.newMemberJoinTimeoutMs))
    rebalanceOrComplete(cause(.memberJoined, member, context, reason: parameters.reason), &context)
  }

  private mutating func joinAgain(
    _ parameters: JoinGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    let memberID = parameters.member.memberID
    guard let member = members[memberID] else { return }
    let isUnchanged = member.protocols == parameters.protocols
    let kind: RebalanceCause.Kind
    switch state {
    case .completingRebalance where isUnchanged:
      // It may have missed the answer to its first request.
      return context.reply(.join(currentGeneration(for: memberID)), to: request)
    case .stable where isUnchanged && leaderID != memberID:
      return context.reply(.join(currentGeneration(for: memberID)), to: request)
    case .stable where leaderID == memberID:
      // How a leader asks for a new assignment when the topics have changed.
      kind = .leaderJoinedAgain
    case .preparingRebalance, .completingRebalance, .stable:
      kind = .memberChanged
    case .empty, .dead:
      return context.reply(.join(JoinGroupReply(error: .unknownMemberID, memberID: memberID)), to: request)
    }
    updateMember(memberID, parameters, request, &context)
    rebalanceOrComplete(cause(kind, member, context, reason: parameters.reason), &context)
  }

  private mutating func updateMember(
    _ memberID: String, _ parameters: JoinGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    supersedeJoin(of: memberID, &context)
    members.update(memberID) { member in
      member.protocols = parameters.protocols
      member.sessionTimeoutMs = parameters.sessionTimeoutMs
      member.rebalanceTimeoutMs = parameters.rebalanceTimeoutMs
    }
    members.setJoinRequest(memberID, to: request)
  }

  /// Answers the request that a member waits with when it sends another, so that none stays without an answer.
  private mutating func supersedeJoin(of memberID: String, _ context: inout GroupContext) {
    guard let request = members[memberID]?.joinRequest else { return }
    members.setJoinRequest(memberID, to: nil)
    context.reply(.join(JoinGroupReply(error: .rebalanceInProgress, memberID: memberID)), to: request)
  }

  /// A static member comes back without its id: it gets a new one, and whoever still uses the old one is fenced.
  private mutating func returnAsStatic(
    _ oldID: String, as newID: String, _ parameters: JoinGroupParameters, _ request: GroupRequestID,
    _ context: inout GroupContext
  ) {
    guard let before = members[oldID] else { return }
    let oldLeader = leaderID
    replaceStaticMember(oldID, by: newID, &context)
    restartSession(newID, context)
    updateMember(newID, parameters, request, &context)
    guard let member = members[newID] else { return }
    let replaced = cause(.staticMemberReplaced, member, context, reason: parameters.reason)
    switch state {
    case .stable where chosenProtocol() == protocolName:
      // The assignment stands; only the new id has to be kept.
      let assignments = Dictionary(uniqueKeysWithValues: members.list.map { ($0.id, $0.assignment) })
      append(
        [.group(id, snapshot(assignments: assignments))],
        then: .staticMember(
          StaticMemberReturn(
            memberID: newID, request: request, supportsSkippingAssignment: parameters.supportsSkippingAssignment,
            leaderID: oldLeader, generation: generation, before: before)),
        &context)
    case .stable, .completingRebalance:
      // The leader may have been told the old id already, and would assign to nobody.
      prepareRebalance(replaced, &context)
    case .preparingRebalance:
      completeJoinIfAllJoined(&context)
    case .empty, .dead:
      break
    }
  }

  private mutating func replaceStaticMember(_ oldID: String, by newID: String, _ context: inout GroupContext) {
    guard let member = members[oldID], let instanceID = member.identity.instanceID else { return }
    if let request = member.joinRequest {
      context.reply(.join(JoinGroupReply(error: .fencedInstanceID, memberID: oldID)), to: request)
    }
    if let request = member.syncRequest {
      context.reply(.sync(SyncGroupReply(error: .fencedInstanceID)), to: request)
    }
    members.setJoinRequest(oldID, to: nil)
    members.update(oldID) { $0.syncRequest = nil }
    members.rename(oldID, to: newID)
    if leaderID == oldID { leaderID = newID }
    if pendingSync.remove(oldID) != nil { pendingSync.insert(newID) }
    staticMembers[instanceID] = newID
  }

  /// The new id of a static member is kept, or could not be.
  mutating func finishReturn(_ change: StaticMemberReturn, error: ErrorCode, _ context: inout GroupContext) {
    // Meanwhile it may have left, been replaced, or be part of a rebalance that will answer it.
    guard state == .stable, generation == change.generation, let member = members[change.memberID],
      member.joinRequest == change.request
    else { return }
    members.setJoinRequest(change.memberID, to: nil)
    restartSession(change.memberID, context)
    var answer = currentGeneration(for: change.memberID)
    if error != .none {
      let oldID = change.before.id
      replaceStaticMember(change.memberID, by: oldID, &context)
      members.update(oldID) { member in
        member.protocols = change.before.protocols
        member.sessionTimeoutMs = change.before.sessionTimeoutMs
        member.rebalanceTimeoutMs = change.before.rebalanceTimeoutMs
      }
      answer = JoinGroupReply(error: error, memberID: "")
    } else if change.supportsSkippingAssignment {
      answer.skipAssignment = leaderID == change.memberID
    } else {
      // An older leader would assign anew when told that it leads, without anybody having joined.
      answer.leaderID = change.leaderID ?? ""
      answer.members = []
    }
    context.reply(.join(answer), to: change.request)
  }

  /// What a member is told about the generation; the leader is told of all members.
  func currentGeneration(for memberID: String) -> JoinGroupReply {
    var answer = JoinGroupReply(memberID: memberID)
    answer.generation = generation
    answer.protocolType = protocolType
    answer.protocolName = protocolName
    answer.leaderID = leaderID ?? ""
    if leaderID == memberID {
      answer.members = members.list.map {
        JoinGroupReply.Member($0.identity, metadata: $0.metadata(for: protocolName))
      }
    }
    return answer
  }
}
