import Base
import KafkaProtocol

/// The groups of one partition of `__consumer_offsets`.
///
/// Each request that has to wait takes a `GroupRequestID` and is answered once, by a `.reply` among the effects. The
/// shell takes the effects after each call, appends what is to be appended and reports each append with `appended`, in
/// the order of the appends. It calls `tick` when `nextDeadline` has come.
public struct GroupCoordinator: Sendable {
  var context: GroupContext
  private(set) var groups: [String: ClassicGroup] = [:]
  private var deadlines = DeadlineQueue()
  var nextExpiration: Int64

  public init(partition: Int32, configuration: GroupConfiguration, now: Moment, random: SeededRandom) {
    context = GroupContext(partition: partition, configuration: configuration, now: now, random: random)
    nextExpiration = now.deadline(afterMilliseconds: configuration.offsetsRetentionCheckIntervalMs)
  }

  /// Which of `count` partitions of `__consumer_offsets` a group belongs to: Java's hash of its name, made positive.
  @inlinable
  public static func partition(of groupID: String, count: Int32) -> Int32 {
    let hash = groupID.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
    return hash == .min ? 0 : abs(hash) % max(count, 1)
  }

  /// Takes what the shell has to do, in order.
  public mutating func takeEffects() -> [GroupEffect] {
    defer { context.effects = [] }
    return context.effects
  }

  /// Monotonic time at which `tick` is wanted; it may come before anything is due.
  public var nextDeadline: Int64 { min(deadlines.first ?? .max, nextExpiration) }

  /// Carries out what has become due.
  public mutating func tick(now: Moment) {
    context.now = now
    for groupID in deadlines.removeDue(at: now.monotonic) { update(groupID) { $0.tick(&$1) } }
    guard nextExpiration <= now.monotonic else { return }
    nextExpiration = now.deadline(afterMilliseconds: context.configuration.offsetsRetentionCheckIntervalMs)
    for groupID in groups.keys.sorted() { update(groupID) { $0.expire(&$1) } }
  }

  /// An append is committed, or could not be (`error`, as a produce request would have had it).
  public mutating func appended(_ token: UInt64, error: ErrorCode = .none, now: Moment) {
    context.now = now
    guard let append = context.takePending(token) else { return }
    let told = Self.clientError(for: error)
    update(append.groupID) { $0.appended(token, append, error: told, &$1) }
    let isDoubtful = token <= groups[append.groupID]?.lastDoubtful ?? 0
    for (answer, request) in append.replies {
      if told == .none, isDoubtful, answer.restsOnGroup {
        context.reply(answer.failed(with: .notCoordinator), to: request)
      } else {
        context.reply(told == .none ? answer : answer.failed(with: told), to: request)
      }
    }
  }

  /// What a client is told when records could not be appended: as a rule to look for the coordinator again.
  private static func clientError(for error: ErrorCode) -> ErrorCode {
    switch error {
    case .unknownTopicOrPartition, .notEnoughReplicas, .notEnoughReplicasAfterAppend, .requestTimedOut:
      .coordinatorNotAvailable
    case .notLeaderOrFollower, .kafkaStorageError: .notCoordinator
    case .messageTooLarge, .recordListTooLarge, .invalidFetchSize: .unknownServerError
    default: error
    }
  }

  public mutating func join(_ parameters: JoinGroupParameters, request: GroupRequestID, now: Moment) {
    context.now = now
    var parameters = parameters
    let groupID = parameters.groupID
    var error = groupIDError(groupID)
    let bounds =
      context.configuration
      .minSessionTimeoutMs...max(
        context.configuration.minSessionTimeoutMs, context.configuration.maxSessionTimeoutMs)
    if error == .none, !bounds.contains(parameters.sessionTimeoutMs) { error = .invalidSessionTimeout }
    if error == .none, parameters.protocolType.utf8.count > context.configuration.clientNameByteLimit {
      error = .inconsistentGroupProtocol
    }
    let instanceLength = parameters.member.instanceID?.utf8.count ?? 1
    if error == .none, !(1...context.configuration.clientNameByteLimit).contains(instanceLength) {
      error = .invalidRequest
    }
    if error == .none, groups[groupID] == nil {
      error = parameters.member.memberID.isEmpty ? create(groupID) : .unknownMemberID
    }
    guard error == .none else {
      let answer = JoinGroupReply(error: error, memberID: parameters.member.memberID)
      return context.reply(.join(answer), to: request)
    }
    if parameters.rebalanceTimeoutMs < 0 { parameters.rebalanceTimeoutMs = parameters.sessionTimeoutMs }
    var names: Set<String> = []
    parameters.protocols = parameters.protocols.filter { names.insert($0.name).inserted }
    update(groupID) { $0.join(parameters, request, &$1) }
  }

  public mutating func sync(_ parameters: SyncGroupParameters, request: GroupRequestID, now: Moment) {
    context.now = now
    var error = groupIDError(parameters.groupID)
    if error == .none, groups[parameters.groupID] == nil { error = .unknownMemberID }
    guard error == .none else { return context.reply(.sync(SyncGroupReply(error: error)), to: request) }
    update(parameters.groupID) { $0.sync(parameters, request, &$1) }
  }

  public mutating func heartbeat(
    _ groupID: String, _ member: GroupMemberIdentity, generation: Int32, now: Moment
  ) -> ErrorCode {
    context.now = now
    if groupID.isEmpty { return .invalidGroupID }
    return update(groupID) { $0.heartbeat(member, generation: generation, $1) } ?? .unknownMemberID
  }

  public mutating func leave(
    _ groupID: String, _ members: [LeavingMember], request: GroupRequestID, now: Moment
  ) {
    context.now = now
    if groupID.isEmpty {
      return context.reply(.leave(LeaveGroupReply(error: .invalidGroupID)), to: request)
    }
    guard groups[groupID] != nil else {
      let unknown = members.map { LeaveGroupReply.Member($0.member, error: .unknownMemberID) }
      return context.reply(.leave(LeaveGroupReply(members: unknown)), to: request)
    }
    update(groupID) { $0.leave(members, request, &$1) }
  }

  public mutating func commitOffsets(
    _ parameters: OffsetCommitParameters, request: GroupRequestID, now: Moment
  ) {
    context.now = now
    var error: ErrorCode = .none
    if groups[parameters.groupID] == nil {
      if parameters.generation < 0 {
        error = create(parameters.groupID)
      } else {
        error = parameters.knowsGroupIDNotFound ? .groupIDNotFound : .illegalGeneration
      }
    }
    guard error == .none else {
      return context.reply(.offsetCommit(parameters.offsets.map { _ in error }), to: request)
    }
    update(parameters.groupID) { $0.commitOffsets(parameters, request, &$1) }
  }

  /// Deletes a group without members, and its offsets.
  public mutating func delete(_ groupID: String, request: GroupRequestID, now: Moment) {
    context.now = now
    let error: ErrorCode
    switch groups[groupID]?.state {
    case nil, .dead: error = .groupIDNotFound
    case .preparingRebalance, .completingRebalance, .stable: error = .nonEmptyGroup
    case .empty where groups[groupID]?.consumer?.isEmpty == false: error = .nonEmptyGroup
    case .empty:
      update(groupID) { group, context in
        context.hold(.delete(.none), to: request, until: group.delete(&context))
      }
      return
    }
    context.reply(.delete(error), to: request)
  }

  /// Deletes committed offsets of a group (KIP-496); the partitions are known to exist.
  public mutating func deleteOffsets(
    _ groupID: String, _ partitions: [TopicPartition], request: GroupRequestID, now: Moment
  ) {
    context.now = now
    var error = groupIDError(groupID)
    if error == .none, groups[groupID] == nil { error = .groupIDNotFound }
    guard error == .none else {
      return context.reply(.offsetDelete(OffsetDeleteReply(error: error)), to: request)
    }
    update(groupID) { $0.deleteOffsets(partitions, request, &$1) }
  }

  /// Forgets the offsets of topics that are deleted.
  public mutating func deleteOffsets(ofTopics topics: Set<String>, now: Moment) {
    context.now = now
    for groupID in groups.keys.sorted() {
      update(groupID) { group, context in
        guard group.state != .dead else { return }
        group.removeOffsets(group.partitionsWithOffsets().filter { topics.contains($0.topic) }, &context)
      }
    }
  }

  func groupIDError(_ groupID: String) -> ErrorCode {
    groupID.isEmpty ? .invalidGroupID : .none
  }

  /// Makes a group, in memory only.
  mutating func create(_ groupID: String) -> ErrorCode {
    guard groupID.utf8.count <= context.configuration.groupIDByteLimit else { return .invalidGroupID }
    guard groups.count < context.configuration.groupLimit else { return .policyViolation }
    groups[groupID] = ClassicGroup(groupID)
    return .none
  }

  /// Makes a group that the log has; what was written is kept, whatever the bounds are now.
  mutating func createLoaded(_ groupID: String) {
    if groups[groupID] == nil { groups[groupID] = ClassicGroup(groupID) }
  }

  /// Lets a group act, and keeps account of what it holds and when it is due. nil: there is no such group.
  @discardableResult
  mutating func update<Result>(
    _ groupID: String, _ body: (inout ClassicGroup, inout GroupContext) -> Result
  ) -> Result? {
    guard let index = groups.index(forKey: groupID) else { return nil }
    let byteCount = groups.values[index].byteCount
    let result = body(&groups.values[index], &context)
    context.memberByteCount += groups.values[index].byteCount - byteCount
    if groups.values[index].isDisposable {
      groups.remove(at: index)
      deadlines.remove(groupID)
    } else {
      deadlines.set(groupID, to: groups.values[index].wake)
    }
    return result
  }
}
