import Base
import KafkaProtocol

/// A member of a classic consumer group: joins, assigns when it leads, heartbeats, gives up and takes partitions, leaves
/// (KIP-62, KIP-345, KIP-394, KIP-429). Its shell brings answers and the time.
public struct GroupMembership {
  enum Phase: Hashable {
    /// Joins as soon as the coordinator is known.
    case unjoined
    /// Joins again at this time.
    case waiting(until: Int64)
    /// The owner gives up partitions before the member joins.
    case preparing
    case joining
    case assigning
    case syncing
    /// The owner is told what has changed.
    case settling
    case stable
    /// The owner gives up everything before the member leaves.
    case parting
    case leaving
    case ended
  }

  let options: GroupOptions
  var random: SeededRandom
  var backoff: Backoff
  var phase = Phase.unjoined
  var isCoordinatorKnown = false
  var isFinding = false
  /// When to look for the coordinator again.
  var findAt: Int64?
  var findBackoff: Backoff
  public internal(set) var memberID = ""
  public internal(set) var generation: Int32 = -1
  var assignor: GroupOptions.Assignor
  /// The partitions the owner has, those it is giving up included.
  public internal(set) var owned: Set<TopicPartition> = []
  /// Calls of the owner still to be made, one at a time.
  var steps: [GroupEffect] = []
  var isListenerBusy = false
  /// Whether to join again once the owner has been told everything.
  var rejoins = false
  var isClosing = false
  var heartbeatAt: Int64 = .max
  var isHeartbeatPending = false
  /// Answers with other numbers come too late.
  var number: UInt64 = 0
  /// Of the members' topics, as this member assigned them; nil when another leads.
  var assignedCounts: [String: Int32]?
  var subscribers: [GroupSubscriber] = []

  public init(options: GroupOptions, retryBackoff: Backoff, random: SeededRandom) {
    self.options = options
    self.random = random
    backoff = retryBackoff
    findBackoff = retryBackoff
    assignor = options.assignors.first ?? .cooperativeSticky
  }

  /// Whether the member is in a generation it can commit in.
  public var isMember: Bool { generation >= 0 }

  /// The number of the last request, and the assignor in use; tests answer with them.
  package var lastNumber: UInt64 { number }
  package var assignorName: String { assignor.rawValue }

  /// Whether the owner is being told something right now.
  public var isTelling: Bool { isListenerBusy }

  public var isEnded: Bool { phase == .ended }

  /// Topics whose partitions matter: those of the whole group where this member leads.
  public var topics: Set<String> { Set(options.topics).union(assignedCounts?.keys.map { $0 } ?? []) }

  /// Begins.
  public mutating func start(_ effects: inout [GroupEffect]) {
    findCoordinator(&effects)
  }

  mutating func findCoordinator(_ effects: inout [GroupEffect]) {
    isCoordinatorKnown = false
    findAt = nil
    guard !isFinding else { return }
    isFinding = true
    effects.append(.findCoordinator)
  }

  /// A request showed that the coordinator is another, or not to be reached.
  public mutating func coordinatorLost(_ effects: inout [GroupEffect]) {
    if phase == .ended || findAt != nil { return }
    findCoordinator(&effects)
  }

  /// The answer to `.findCoordinator`.
  public mutating func coordinatorFound(
    _ result: Result<BrokerAddress, ClientError>, now: Int64, _ effects: inout [GroupEffect]
  ) {
    guard isFinding, phase != .ended else { return }
    isFinding = false
    switch result {
    case .success:
      isCoordinatorKnown = true
      findBackoff.reset()
      if case .unjoined = phase { prepare(&effects) }
      if phase == .stable, heartbeatAt != .max { heartbeatAt = now }
      advance(now: now, &effects)
    case .failure(let error) where error.isRetriable:
      findAt = later(now, findBackoff.next(&random))
      effects.append(
        .notice(ClientNotice(.warning, kind: "group", "the coordinator is not known: \(error); trying again")))
    case .failure(let error): fail(error, &effects)
    }
  }

  /// Does what is due.
  public mutating func advance(now: Int64, _ effects: inout [GroupEffect]) {
    if let findAt, findAt <= now { findCoordinator(&effects) }
    if case .waiting(let until) = phase, until <= now {
      phase = .unjoined
      if isCoordinatorKnown { prepare(&effects) }
    }
    guard canHeartbeat, heartbeatAt <= now else { return }
    isHeartbeatPending = true
    heartbeatAt = later(now, options.heartbeatIntervalMilliseconds * 1_000_000)
    var request = HeartbeatRequest()
    request.groupID = options.group
    request.generationID = generation
    request.memberID = memberID
    request.groupInstanceID = options.instanceID
    effects.append(.heartbeat(request, number: number))
  }

  /// The next time at which `advance` has something to do; nil: only answers help.
  public var deadline: Int64? {
    var times: [Int64] = []
    if let findAt { times.append(findAt) }
    if case .waiting(let until) = phase { times.append(until) }
    if canHeartbeat, heartbeatAt < .max { times.append(heartbeatAt) }
    return times.min()
  }

  /// A JoinGroup or SyncGroup on the way keeps a member alive by itself.
  private var canHeartbeat: Bool {
    switch phase {
    case .stable, .settling, .preparing, .parting: !isHeartbeatPending && isCoordinatorKnown && isMember
    case .unjoined, .waiting, .joining, .assigning, .syncing, .leaving, .ended: false
    }
  }

  func later(_ now: Int64, _ nanoseconds: Int64) -> Int64 {
    let (time, overflow) = now.addingReportingOverflow(nanoseconds)
    return overflow ? .max : time
  }

  mutating func takeNumber() -> UInt64 {
    number += 1
    return number
  }

  /// The client is closed.
  public mutating func end(_ error: ClientError, _ effects: inout [GroupEffect]) {
    if phase != .ended { fail(error, &effects) }
  }

  mutating func fail(_ error: ClientError, _ effects: inout [GroupEffect]) {
    var error = error
    error.subject = error.subject ?? "group \(options.group)"
    phase = .ended
    heartbeatAt = .max
    effects.append(.fail(error))
  }
}

// MARK: - the owner

extension GroupMembership {
  /// Gets ready to join: an eager member gives up everything before.
  mutating func prepare(_ effects: inout [GroupEffect]) {
    rejoins = false
    if isClosing { return part(&effects) }
    if !assignor.isCooperative, !owned.isEmpty, isMember {
      phase = .preparing
      steps = [.revoke(owned.sorted())]
      nextStep(&effects)
    } else {
      join(&effects)
    }
  }

  /// The owner lost its partitions to others without being asked.
  mutating func loseEverything(resettingMember: Bool, _ effects: inout [GroupEffect]) {
    if resettingMember { memberID = "" }
    generation = -1
    heartbeatAt = .max
    assignedCounts = nil
    number += 1
    steps = owned.isEmpty ? [] : [.lose(owned.sorted())]
    phase = .preparing
    if !isListenerBusy { nextStep(&effects) }
  }

  mutating func nextStep(_ effects: inout [GroupEffect]) {
    while let step = steps.first {
      steps[0] = remaining(of: step)
      if case .revoke([]) = steps[0] {
        steps.removeFirst()
      } else if case .lose([]) = steps[0] {
        steps.removeFirst()
      } else {
        isListenerBusy = true
        effects.append(steps[0])
        return
      }
    }
    switch phase {
    case .preparing: isClosing ? part(&effects) : join(&effects)
    case .settling:
      if isClosing {
        part(&effects)
      } else if rejoins {
        prepare(&effects)
      } else {
        phase = .stable
      }
    case .parting: leave(&effects)
    case .unjoined, .waiting, .joining, .assigning, .syncing, .stable, .leaving, .ended: break
    }
  }

  /// What is left to tell when some of the partitions have been given up meanwhile.
  private func remaining(of step: GroupEffect) -> GroupEffect {
    switch step {
    case .revoke(let partitions): .revoke(partitions.filter(owned.contains))
    case .lose(let partitions): .lose(partitions.filter(owned.contains))
    default: step
    }
  }

  /// The owner has been told what the last effect of its kind said.
  public mutating func listenerDone(_ done: GroupEffect, _ effects: inout [GroupEffect]) {
    isListenerBusy = false
    switch done {
    case .revoke(let partitions), .lose(let partitions): owned.subtract(partitions)
    default: break
    }
    if let first = steps.first, first.isSame(as: done) { steps.removeFirst() }
    nextStep(&effects)
  }
}

// MARK: - leaving

extension GroupMembership {
  /// Ends the membership: the owner gives up everything, and a dynamic member leaves the group.
  public mutating func close(_ effects: inout [GroupEffect]) {
    if isClosing || phase == .ended {
      if phase == .ended, !isClosing { effects.append(.closed) }
      isClosing = true
      return
    }
    isClosing = true
    // Otherwise it goes on once the owner has been told what it is being told now.
    if !isListenerBusy { part(&effects) }
  }

  mutating func part(_ effects: inout [GroupEffect]) {
    phase = .parting
    // A late answer to a JoinGroup must not bring the member back.
    number += 1
    steps = owned.isEmpty ? [] : [isMember ? .revoke(owned.sorted()) : .lose(owned.sorted())]
    nextStep(&effects)
  }

  mutating func leave(_ effects: inout [GroupEffect]) {
    heartbeatAt = .max
    guard options.instanceID == nil, !memberID.isEmpty, isCoordinatorKnown else { return end(&effects) }
    phase = .leaving
    var request = LeaveGroupRequest()
    request.groupID = options.group
    request.memberID = memberID
    var member = LeaveGroupRequest.MemberIdentity()
    member.memberID = memberID
    member.reason = "the consumer is closed"
    request.members = [member]
    effects.append(.leave(request))
  }

  /// The answer to `.leave`, whatever it is: the session would end by itself.
  public mutating func left(_ effects: inout [GroupEffect]) {
    if phase == .leaving { end(&effects) }
  }

  mutating func end(_ effects: inout [GroupEffect]) {
    phase = .ended
    generation = -1
    effects.append(.closed)
  }
}

extension GroupEffect {
  /// Whether both are the same call of the owner.
  func isSame(as other: GroupEffect) -> Bool {
    switch (self, other) {
    case (.revoke(let left), .revoke(let right)), (.lose(let left), .lose(let right)),
      (.assign(let left), .assign(let right)):
      left == right
    default: false
    }
  }
}
