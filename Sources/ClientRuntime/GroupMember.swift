import Base
import ClientCore
import KafkaProtocol
import NIOCore
import Synchronization

/// The half of a group consumer that lives on the event loop: carries out what `GroupMembership` decides, and lets the
/// engine read what the member was given.
final class GroupMember {
  /// How long leaving may take; the session ends by itself.
  private static let leaveTimeoutMilliseconds: Int64 = 3_000
  /// How long topics may be missing before that is told: whoever creates them may start together with this member.
  private static let missingAfterNanoseconds: Int64 = 5_000_000_000

  let cluster: Cluster
  let engine: FetchEngine
  let options: GroupOptions
  private let client: KafkaClient
  private let listener: any RebalanceListener
  private let assignment: SharedAssignment
  private let lane: Cluster.Lane
  private(set) var membership: GroupMembership
  private(set) var coordinator: BrokerAddress?
  /// The topics the cache keeps for this member.
  private var wanted: Set<String> = []
  /// Topics of which was told that they do not exist; nil until it is time to tell.
  private var missing: Set<String>?
  private var missingTimer: Scheduled<Void>?
  private var observer: Int?
  private var timer: Scheduled<Void>?
  private var closers: [() -> Void] = []
  private var isRunning = false
  private var pending: [GroupEffect] = []
  /// Wakes nothing but itself from the tasks that call the owner.
  private lazy var bound = NIOLoopBound(self, eventLoop: cluster.loop)

  init(
    _ client: KafkaClient, _ cluster: Cluster, options: GroupOptions, listener: any RebalanceListener,
    assignment: SharedAssignment
  ) {
    self.client = client
    self.cluster = cluster
    self.options = options
    self.listener = listener
    self.assignment = assignment
    let number = cluster.number()
    lane = .group(number)
    engine = FetchEngine(cluster, options: options.consumer, number: number)
    membership = GroupMembership(
      options: options,
      retryBackoff: Backoff(
        firstMilliseconds: cluster.options.retryBackoffMilliseconds,
        limitMilliseconds: cluster.options.retryBackoffLimitMilliseconds),
      random: SeededRandom(seed: cluster.random.generator.next()))
    observer = cluster.addObserver { [weak self] in self?.metadataChanged() }
    want(Set(options.topics))
    missingTimer = cluster.schedule(at: cluster.now &+ Self.missingAfterNanoseconds) { [weak self] in
      self?.missing = []
      self?.tellMissing()
    }
    run { membership, _, effects in membership.start(&effects) }
  }

  private func want(_ topics: Set<String>) {
    for topic in topics.subtracting(wanted).sorted() { cluster.want(topic, creates: false) }
    wanted.formUnion(topics)
  }

  // MARK: running the machine

  func run(_ body: (inout GroupMembership, Int64, inout [GroupEffect]) -> Void) {
    body(&membership, cluster.now, &pending)
    if isRunning { return }
    isRunning = true
    membership.advance(now: cluster.now, &pending)
    while !pending.isEmpty {
      let effects = pending
      pending = []
      for effect in effects { perform(effect) }
    }
    isRunning = false
    assignment.partitions.withLock { $0 = membership.owned.sorted() }
    schedule()
  }

  private func schedule() {
    timer?.cancel()
    timer = nil
    guard !membership.isEnded, let deadline = membership.deadline, deadline < .max else { return }
    timer = cluster.schedule(at: deadline) { self.run { _, _, _ in } }
  }

  private func metadataChanged() {
    if case .closed? = cluster.metadataFailure?.reason {
      let closed = ClientError(.closed, subject: "group \(options.group)")
      return run { membership, _, effects in membership.end(closed, &effects) }
    }
    tellMissing()
    let counts = partitionCounts(of: membership.topics)
    run { membership, _, effects in membership.partitionsChanged(counts, &effects) }
  }

  /// Whoever waits for a topic that does not exist, perhaps waits for a slip of the pen.
  private func tellMissing() {
    guard let missing else { return }
    let now = options.topics.filter { cluster.cache.problems[$0] == .unknownTopicOrPartition }
    let new = now.filter { !missing.contains($0) }.sorted()
    self.missing = Set(now)
    guard !new.isEmpty else { return }
    let text = "there is no topic \(new.joined(separator: ", ")) yet; reading begins when there is"
    cluster.options.notice(ClientNotice(.warning, kind: "topic", "group \(options.group): \(text)"))
  }

  private func partitionCounts(of topics: Set<String>) -> [String: Int32] {
    topics.reduce(into: [:]) { counts, topic in
      if let known = cluster.cache.topics[topic] { counts[topic] = Int32(clamping: known.partitions.count) }
    }
  }

  private func perform(_ effect: GroupEffect) {
    switch effect {
    case .findCoordinator: findCoordinator()
    case .join(let request, let number):
      ask(request, waits: true) { $0.joined(number, $1, now: $2, &$3) }
    case .sync(let request, let number):
      ask(request, waits: true) { $0.synced(number, $1, now: $2, &$3) }
    case .heartbeat(let request, let number):
      ask(request, waits: false) { $0.heartbeatAnswered(number, $1, now: $2, &$3) }
    case .leave(let request): leave(request)
    case .countPartitions(let topics, let number): countPartitions(Set(topics), number)
    case .revoke(let partitions), .lose(let partitions):
      engine.change { core in
        for partition in partitions { core.unassign(partition) }
      }
      tell(effect)
    case .assign: tell(effect)
    case .notice(let notice): cluster.options.notice(notice)
    case .fail(let error):
      engine.fail(error)
      end()
    case .closed:
      engine.close()
      end()
    }
  }

  private func findCoordinator() {
    cluster.send(FindCoordinatorRequest(group: options.group), to: .any) { result in
      let found = result.flatMap { response -> Result<BrokerAddress, ClientError> in
        if let failure = response.failure { return .failure(failure) }
        guard let address = response.address else {
          return .failure(ClientError(.malformed("it names no broker"), api: .findCoordinator))
        }
        return .success(address)
      }
      if case .success(let address) = found { self.coordinator = address }
      self.run { membership, now, effects in membership.coordinatorFound(found, now: now, &effects) }
    }
  }

  /// - Parameter waits: whether the coordinator answers only when all members have asked.
  private func ask<Request: RequestMessage>(
    _ request: Request, waits: Bool,
    _ answered:
      @escaping (
        inout GroupMembership, Result<Request.Response, ClientError>, Int64, inout [GroupEffect]
      ) -> Void
  ) {
    let timeout =
      waits
      ? max(Int64(options.rebalanceTimeoutMilliseconds), Int64(options.sessionTimeoutMilliseconds)) + 5_000
      : min(Int64(options.sessionTimeoutMilliseconds), cluster.options.requestTimeoutMilliseconds)
    let target = coordinator.map { Cluster.Target.address($0) } ?? .any
    cluster.send(request, to: target, lane: lane, timeoutMilliseconds: timeout) { result in
      self.run { membership, now, effects in answered(&membership, result, now, &effects) }
    }
  }

  /// On a connection of its own: a JoinGroup that was not answered must not hold it back.
  private func leave(_ request: LeaveGroupRequest) {
    let target = coordinator.map { Cluster.Target.address($0) } ?? .any
    cluster.send(request, to: target, timeoutMilliseconds: Self.leaveTimeoutMilliseconds) { _ in
      self.run { membership, _, effects in membership.left(&effects) }
    }
  }

  private func countPartitions(_ topics: Set<String>, _ number: UInt64) {
    let isNew = !topics.isSubset(of: wanted)
    want(topics)
    let version = cluster.cache.version
    if isNew { cluster.requestMetadata() }
    // A topic that does not exist has no partitions until it does.
    cluster.wait(milliseconds: cluster.options.requestTimeoutMilliseconds) { (_: Result<Void, ClientError>) in
      let counts = self.partitionCounts(of: topics)
      self.run { membership, _, effects in membership.counted(number, counts, &effects) }
    } until: { cluster in
      let isKnown = topics.allSatisfy { cluster.cache.topics[$0] != nil || cluster.cache.problems[$0] != nil }
      return isKnown || cluster.cache.version > version + 1 ? .success(()) : nil
    }
  }

  // MARK: the owner

  private func tell(_ effect: GroupEffect) {
    let bound = self.bound
    let listener = self.listener
    let client = self.client
    Task {
      var starts: [TopicPartition: Int64] = [:]
      switch effect {
      case .revoke(let partitions): await listener.revoked(partitions)
      case .lose(let partitions): await listener.lost(partitions)
      case .assign(let partitions): starts = await listener.assigned(partitions)
      default: break
      }
      client.execute { [starts] _ in bound.value.told(effect, starts) }
    }
  }

  private func told(_ effect: GroupEffect, _ starts: [TopicPartition: Int64]) {
    if case .assign(let partitions) = effect { begin(partitions, starts) }
    run { membership, _, effects in membership.listenerDone(effect, &effects) }
  }

  private func begin(_ partitions: [TopicPartition], _ starts: [TopicPartition: Int64]) {
    engine.change { core in
      for partition in partitions {
        if let offset = starts[partition] { core.assign(partition, at: .offset(offset)) }
      }
    }
    fetchCommitted(partitions.filter { starts[$0] == nil }, Backoff(firstMilliseconds: 50, limitMilliseconds: 1_000))
  }

  /// Finds out how far the group has read, for as long as the partitions are this member's.
  private func fetchCommitted(_ partitions: [TopicPartition], _ backoff: Backoff) {
    let partitions = partitions.filter { membership.owned.contains($0) }
    guard !partitions.isEmpty, !membership.isEnded else { return }
    let request = OffsetFetchRequest(group: options.group, partitions: partitions)
    cluster.send(
      request, to: coordinator.map { .address($0) } ?? .any, versionLimit: OffsetFetchRequest.lastVersionWithNames
    ) { result in
      let offsets = result.flatMap { response -> Result<[TopicPartition: Int64], ClientError> in
        response.failure.map { .failure($0) } ?? .success(response.offsets)
      }
      switch offsets {
      case .success(let offsets): self.begin(partitions, at: offsets)
      case .failure(let error):
        self.fetchAgain(partitions, error, backoff)
      }
    }
  }

  private func begin(_ partitions: [TopicPartition], at offsets: [TopicPartition: Int64]) {
    let reset = options.consumer.reset == .earliest ? StartPosition.beginning : .end
    engine.change { core in
      for partition in partitions where membership.owned.contains(partition) {
        core.assign(partition, at: offsets[partition].map { .offset($0) } ?? reset)
      }
    }
  }

  private func fetchAgain(_ partitions: [TopicPartition], _ error: ClientError, _ backoff: Backoff) {
    guard error.isRetriable || error.leavesDoubt else {
      var error = error
      error.subject = "group \(options.group)"
      return engine.fail(error)
    }
    cluster.options.notice(
      ClientNotice(.warning, kind: "group", "group \(options.group): reading its offsets: \(error); trying again"))
    run { membership, _, effects in
      if error.meansLostCoordinator { membership.coordinatorLost(&effects) }
    }
    var backoff = backoff
    let wait = TimeAmount.nanoseconds(backoff.next(&cluster.random.generator))
    cluster.loop.assumeIsolated().scheduleTask(in: wait) { [backoff] in
      self.fetchCommitted(partitions, backoff)
    }
  }

  // MARK: ending

  func close(_ done: @escaping () -> Void) {
    if engine.isClosed, membership.isEnded { return done() }
    closers.append(done)
    run { membership, _, effects in membership.close(&effects) }
  }

  private func end() {
    timer?.cancel()
    missingTimer?.cancel()
    if let observer { cluster.removeObserver(observer) }
    observer = nil
    cluster.close(lane)
    for topic in wanted { cluster.release(topic, creates: false) }
    wanted = []
    let waiting = closers
    closers = []
    for closer in waiting { closer() }
  }
}

extension ClientError {
  /// Whether the broker asked was not the coordinator, or could not be reached.
  var meansLostCoordinator: Bool {
    switch reason {
    case .connectFailed, .connectionLost, .timedOut: true
    case .refused(let code, _): code == .notCoordinator || code == .coordinatorNotAvailable
    case .unsupportedVersion, .malformed, .unreachable, .closed, .invalid: false
    }
  }
}
