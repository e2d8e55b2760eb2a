import Base
import KafkaProtocol

extension GroupMembership {
  mutating func join(_ effects: inout [GroupEffect]) {
    guard isCoordinatorKnown else {
      phase = .unjoined
      return findCoordinator(&effects)
    }
    phase = .joining
    var request = JoinGroupRequest()
    request.groupID = options.group
    request.sessionTimeoutMs = options.sessionTimeoutMilliseconds
    request.rebalanceTimeoutMs = options.rebalanceTimeoutMilliseconds
    request.memberID = memberID
    request.groupInstanceID = options.instanceID
    request.protocolType = "consumer"
    do throws(ProtocolError) {
      request.protocols = try options.assignors.map { assignor throws(ProtocolError) in
        var entry = JoinGroupRequest.JoinGroupRequestProtocol()
        entry.name = assignor.rawValue
        entry.metadata = try subscription().encodedWithVersion(ConsumerProtocolSubscription.versions.upperBound)
        return entry
      }
    } catch {
      return fail(ClientError(.invalid("the subscription cannot be encoded: \(error)"), api: .joinGroup), &effects)
    }
    effects.append(.join(request, number: takeNumber()))
  }

  private func subscription() -> ConsumerProtocolSubscription {
    var subscription = ConsumerProtocolSubscription()
    subscription.topics = options.topics.sorted()
    subscription.generationID = generation
    subscription.ownedPartitions = Dictionary(grouping: owned, by: \.topic).sorted { $0.key < $1.key }.map {
      name, partitions in
      var topic = ConsumerProtocolSubscription.TopicPartition()
      topic.topic = name
      topic.partitions = partitions.map(\.partition).sorted()
      return topic
    }
    // Where Java's cooperative members of older versions look for the generation.
    subscription.userData = withUnsafeBytes(of: generation.bigEndian) { Array($0) }
    return subscription
  }

  /// The answer to `.join`.
  public mutating func joined(
    _ number: UInt64, _ result: Result<JoinGroupResponse, ClientError>, now: Int64, _ effects: inout [GroupEffect]
  ) {
    guard number == self.number, phase == .joining else { return }
    let response: JoinGroupResponse
    switch result {
    case .failure(let error): return failed(error, now: now, &effects)
    case .success(let answer): response = answer
    }
    switch response.errorCode {
    case .none: break
    case .memberIDRequired:
      memberID = response.memberID
      return join(&effects)
    case .unknownMemberID, .illegalGeneration: return loseEverything(resettingMember: true, &effects)
    case .rebalanceInProgress: return wait(now: now)
    default: return failed(ClientError(.refused(response.errorCode, message: nil), api: .joinGroup), now: now, &effects)
    }
    guard let assignor = response.protocolName.flatMap(GroupOptions.Assignor.init(rawValue:)),
      options.assignors.contains(assignor)
    else {
      let name = response.protocolName ?? ""
      return fail(
        ClientError(
          .invalid("the group uses the assignor \"\(name)\", which this member does not have"), api: .joinGroup),
        &effects)
    }
    self.assignor = assignor
    backoff.reset()
    memberID = response.memberID
    generation = response.generationID
    assignedCounts = nil
    guard response.leader == memberID, !response.skipAssignment else { return sync([], &effects) }
    subscribers = response.members.map { subscriber($0, &effects) }
    phase = .assigning
    let topics = subscribers.reduce(into: Set()) { $0.formUnion($1.topics) }
    effects.append(.countPartitions(topics.sorted(), number: takeNumber()))
  }

  private func subscriber(
    _ member: JoinGroupResponse.JoinGroupResponseMember, _ effects: inout [GroupEffect]
  ) -> GroupSubscriber {
    var subscriber = GroupSubscriber(memberID: member.memberID, instanceID: member.groupInstanceID, topics: [])
    do throws(ProtocolError) {
      let subscription = try ConsumerProtocolSubscription(decodingWithVersion: member.metadata)
      subscriber.topics = Set(subscription.topics)
      subscriber.generation = subscription.generationID
      if subscriber.generation < 0, let data = subscription.userData, data.count >= 4 {
        subscriber.generation = data.prefix(4).reduce(0) { $0 << 8 | Int32($1) }
      }
      subscriber.owned = subscription.ownedPartitions.flatMap { topic in
        topic.partitions.map { TopicPartition(topic.topic, $0) }
      }
    } catch {
      effects.append(
        .notice(
          ClientNotice(
            .error, kind: "group",
            "group \(options.group): the subscription of member \(member.memberID) is malformed, it gets nothing: \(error)"
          )))
    }
    return subscriber
  }

  /// The answer to `.countPartitions`: the number of partitions of each of the topics that exists.
  public mutating func counted(_ number: UInt64, _ counts: [String: Int32], _ effects: inout [GroupEffect]) {
    guard number == self.number, phase == .assigning else { return }
    let topics = subscribers.reduce(into: Set()) { $0.formUnion($1.topics) }
    assignedCounts = topics.reduce(into: [:]) { $0[$1] = counts[$1] ?? 0 }
    let assignment = assignor.assign(subscribers, counts: counts)
    subscribers = []
    var assignments: [SyncGroupRequest.SyncGroupRequestAssignment] = []
    do throws(ProtocolError) {
      for (member, partitions) in assignment.sorted(by: { $0.key < $1.key }) {
        var entry = SyncGroupRequest.SyncGroupRequestAssignment()
        entry.memberID = member
        entry.assignment = try Self.encoded(partitions)
        assignments.append(entry)
      }
    } catch {
      return fail(ClientError(.invalid("the assignment cannot be encoded: \(error)"), api: .syncGroup), &effects)
    }
    sync(assignments, &effects)
  }

  private static func encoded(_ partitions: [TopicPartition]) throws(ProtocolError) -> [UInt8] {
    var assignment = ConsumerProtocolAssignment()
    assignment.assignedPartitions = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }.map {
      name, partitions in
      var topic = ConsumerProtocolAssignment.TopicPartition()
      topic.topic = name
      topic.partitions = partitions.map(\.partition).sorted()
      return topic
    }
    return try assignment.encodedWithVersion(ConsumerProtocolAssignment.versions.upperBound)
  }

  private mutating func sync(
    _ assignments: [SyncGroupRequest.SyncGroupRequestAssignment], _ effects: inout [GroupEffect]
  ) {
    phase = .syncing
    var request = SyncGroupRequest()
    request.groupID = options.group
    request.generationID = generation
    request.memberID = memberID
    request.groupInstanceID = options.instanceID
    request.protocolType = "consumer"
    request.protocolName = assignor.rawValue
    request.assignments = assignments
    effects.append(.sync(request, number: takeNumber()))
  }

  /// The answer to `.sync`.
  public mutating func synced(
    _ number: UInt64, _ result: Result<SyncGroupResponse, ClientError>, now: Int64, _ effects: inout [GroupEffect]
  ) {
    guard number == self.number, phase == .syncing else { return }
    let response: SyncGroupResponse
    switch result {
    case .failure(let error): return failed(error, now: now, &effects)
    case .success(let answer): response = answer
    }
    switch response.errorCode {
    case .none: break
    case .rebalanceInProgress: return prepare(&effects)
    case .unknownMemberID, .illegalGeneration: return loseEverything(resettingMember: true, &effects)
    default: return failed(ClientError(.refused(response.errorCode, message: nil), api: .syncGroup), now: now, &effects)
    }
    var assigned: Set<TopicPartition> = []
    do throws(ProtocolError) {
      if !response.assignment.isEmpty {
        for topic in try ConsumerProtocolAssignment(decodingWithVersion: response.assignment).assignedPartitions {
          for partition in topic.partitions where partition >= 0 {
            assigned.insert(TopicPartition(topic.topic, partition))
          }
        }
      }
    } catch {
      return fail(ClientError(.malformed("this member's assignment: \(error)"), api: .syncGroup), &effects)
    }
    isHeartbeatPending = false
    heartbeatAt = later(now, options.heartbeatIntervalMilliseconds * 1_000_000)
    settle(assigned, &effects)
  }

  private mutating func settle(_ assigned: Set<TopicPartition>, _ effects: inout [GroupEffect]) {
    let revoked = owned.subtracting(assigned)
    let added = assigned.subtracting(owned)
    effects.append(
      .notice(
        ClientNotice(
          .info, kind: "group",
          "group \(options.group): generation \(generation), \(assigned.count) partitions"
            + (added.isEmpty ? "" : ", new \(Self.text(added))")
            + (revoked.isEmpty ? "" : ", given up \(Self.text(revoked))"))))
    phase = .settling
    steps = []
    if !revoked.isEmpty {
      steps.append(.revoke(revoked.sorted()))
      // Who gets them learns so in the generation after this.
      rejoins = true
    }
    if !added.isEmpty { steps.append(.assign(added.sorted())) }
    owned.formUnion(added)
    nextStep(&effects)
  }

  private static func text(_ partitions: Set<TopicPartition>) -> String {
    let shown = partitions.sorted().prefix(5).map(\.description).joined(separator: ", ")
    return partitions.count > 5 ? "\(shown) and \(partitions.count - 5) more" : shown
  }

  /// What the metadata say of the group's topics has changed: the one who leads assigns anew.
  public mutating func partitionsChanged(_ counts: [String: Int32], _ effects: inout [GroupEffect]) {
    guard phase == .stable, let assignedCounts else { return }
    let current = assignedCounts.reduce(into: [:]) { $0[$1.key] = counts[$1.key] ?? 0 }
    if current != assignedCounts { prepare(&effects) }
  }
}

// MARK: - heartbeats and failures

extension GroupMembership {
  /// The answer to `.heartbeat`.
  public mutating func heartbeatAnswered(
    _ number: UInt64, _ result: Result<HeartbeatResponse, ClientError>, now: Int64, _ effects: inout [GroupEffect]
  ) {
    isHeartbeatPending = false
    guard number == self.number else { return }
    switch result {
    case .failure: return coordinatorLost(&effects)
    case .success(let response):
      switch response.errorCode {
      case .none: break
      case .rebalanceInProgress:
        if phase == .stable {
          prepare(&effects)
        } else if phase == .settling {
          rejoins = true
        }
      case .unknownMemberID, .illegalGeneration:
        if phase == .stable || phase == .settling || phase == .preparing {
          let error = ClientError(.refused(response.errorCode, message: nil), api: .heartbeat)
          effects.append(
            .notice(ClientNotice(.warning, kind: "group", "group \(options.group): \(error); joining again")))
          loseEverything(resettingMember: response.errorCode == .unknownMemberID, &effects)
        }
      case .coordinatorLoadInProgress: break
      case .notCoordinator, .coordinatorNotAvailable: coordinatorLost(&effects)
      default:
        fail(ClientError(.refused(response.errorCode, message: nil), api: .heartbeat), &effects)
      }
    }
  }

  /// A JoinGroup or SyncGroup failed.
  private mutating func failed(_ error: ClientError, now: Int64, _ effects: inout [GroupEffect]) {
    guard error.isRetriable || error.leavesDoubt else { return fail(error, &effects) }
    effects.append(.notice(ClientNotice(.warning, kind: "group", "group \(options.group): \(error); trying again")))
    wait(now: now)
    if error.code != .coordinatorLoadInProgress { findCoordinator(&effects) }
  }

  private mutating func wait(now: Int64) {
    phase = .waiting(until: later(now, backoff.next(&random)))
  }
}
