import Base
import KafkaProtocol

extension ClassicGroup {
  /// Handles a SyncGroup request: members wait for the leader's assignment, which is kept before anyone has it.
  mutating func sync(_ parameters: SyncGroupParameters, _ request: GroupRequestID, _ context: inout GroupContext) {
    if state != .dead, consumer?.isEmpty == false { return syncConsumers(parameters, request, &context) }
    let error = self.error(for: parameters)
    guard error == .none else { return context.reply(.sync(SyncGroupReply(error: error)), to: request) }
    let memberID = parameters.member.memberID
    switch state {
    case .preparingRebalance:
      context.reply(.sync(SyncGroupReply(error: .rebalanceInProgress)), to: request)
    case .completingRebalance:
      awaitAssignment(memberID, request, &context)
      if leaderID == memberID { storeAssignment(parameters.assignments, &context) }
    case .stable:
      received(syncOf: memberID)
      context.reply(.sync(assignment(of: memberID)), to: request)
    case .empty, .dead:
      context.reply(.sync(SyncGroupReply(error: .unknownMemberID)), to: request)
    }
  }

  private func error(for parameters: SyncGroupParameters) -> ErrorCode {
    if state == .dead { return .coordinatorNotAvailable }
    let error = self.error(for: parameters.member)
    guard error == .none else { return error }
    guard parameters.generation == generation else { return .illegalGeneration }
    let isConsistent =
      (parameters.protocolType ?? protocolType) == protocolType
      && (parameters.protocolName ?? protocolName) == protocolName
    return isConsistent ? .none : .inconsistentGroupProtocol
  }

  private mutating func awaitAssignment(
    _ memberID: String, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    if let earlier = members[memberID]?.syncRequest {
      context.reply(.sync(SyncGroupReply(error: .rebalanceInProgress)), to: earlier)
    }
    members.update(memberID) { $0.syncRequest = request }
    received(syncOf: memberID)
  }

  private mutating func received(syncOf memberID: String) {
    pendingSync.remove(memberID)
    if pendingSync.isEmpty { syncDeadline = .max }
  }

  private mutating func storeAssignment(_ assignments: [String: [UInt8]], _ context: inout GroupContext) {
    // A leader that asks twice has its first answer on the way already.
    guard assignmentToken == nil else { return }
    let own = assignments.filter { members.contains($0.key) }
    let byteCount = own.values.reduce(0) { $0 + $1.count }
    guard context.memberByteCount + byteCount <= context.configuration.memberByteLimit else {
      return finishAssignment(generation, token: nil, own, error: .unknownServerError, &context)
    }
    assignmentToken = append(
      [.group(id, snapshot(assignments: own))], then: .assignment(generation: generation, own), &context)
  }

  /// The assignment is kept, or could not be. `token` is that of its append.
  mutating func finishAssignment(
    _ assigned: Int32, token: UInt64?, _ assignments: [String: [UInt8]], error: ErrorCode,
    _ context: inout GroupContext
  ) {
    // Meanwhile the group may have started over.
    guard state == .completingRebalance, generation == assigned, assignmentToken == token else { return }
    guard error == .none else {
      let leader = leaderID.flatMap { members[$0] }
      failSyncs(error, &context)
      if let leader { prepareRebalance(cause(.assignmentNotStored, leader, context), &context) }
      return
    }
    transition(to: .stable, at: context.now)
    for memberID in members.list.map(\.id) {
      members.update(memberID) { $0.assignment = assignments[memberID] ?? [] }
      guard let request = members[memberID]?.syncRequest else { continue }
      members.update(memberID) { $0.syncRequest = nil }
      context.reply(.sync(assignment(of: memberID)), to: request)
      restartSession(memberID, context)
    }
  }

  /// Takes the assignment back and answers all who wait for it.
  mutating func failSyncs(_ error: ErrorCode, _ context: inout GroupContext) {
    for memberID in members.list.map(\.id) {
      members.update(memberID) { $0.assignment = [] }
      guard let request = members[memberID]?.syncRequest else { continue }
      members.update(memberID) { $0.syncRequest = nil }
      context.reply(.sync(SyncGroupReply(error: error)), to: request)
      restartSession(memberID, context)
    }
  }

  private func assignment(of memberID: String) -> SyncGroupReply {
    var answer = SyncGroupReply()
    answer.protocolType = protocolType
    answer.protocolName = protocolName
    answer.assignment = members[memberID]?.assignment ?? []
    return answer
  }
}
