import Base
import ClientCore
import KafkaProtocol
import NIOCore
import Records

/// The half of a producer that lives on the event loop: takes batches out of the accumulator, lets `ProducerCore` decide,
/// and carries its effects out.
final class ProducerSender {
  private struct FlushWaiter {
    /// Waits for the batches with lower numbers.
    let number: UInt64
    let done: () -> Void
  }

  private let cluster: Cluster
  private let options: ProducerOptions
  private let shared: SharedAccumulator
  private let deliveries: @Sendable ([Delivery]) -> Void
  private let whenWritable: @Sendable () -> Void
  private var core: ProducerCore
  private var topics: [(index: Int, name: String)] = []
  private var observer: Int?
  private var seenVersion = 0
  private var tick: Scheduled<Void>?
  private var timer: Scheduled<Void>?
  private var timerAt: Int64 = .max
  private var flushWaiters: [FlushWaiter] = []
  private var delivered: [Delivery] = []
  /// Whether the buffer has room it had not before.
  private var hasReleased = false
  private var isPassing = false
  private var isPassWanted = false
  private var isClosed = false

  init(
    _ cluster: Cluster, options: ProducerOptions, shared: SharedAccumulator,
    deliveries: @escaping @Sendable ([Delivery]) -> Void, whenWritable: @escaping @Sendable () -> Void
  ) {
    self.cluster = cluster
    self.options = options
    self.shared = shared
    self.deliveries = deliveries
    self.whenWritable = whenWritable
    core = ProducerCore(
      options: options,
      retryBackoff: Backoff(
        firstMilliseconds: cluster.options.retryBackoffMilliseconds,
        limitMilliseconds: cluster.options.retryBackoffLimitMilliseconds),
      random: SeededRandom(seed: cluster.random.generator.next()))
    observer = cluster.addObserver { [weak self] in self?.updateTopics() }
  }

  // MARK: topics

  func add(topic index: Int, _ name: String) {
    if isClosed { return }
    topics.append((index, name))
    cluster.want(name, creates: options.createsTopics)
    seenVersion = -1
    updateTopics()
  }

  /// Takes in what the metadata say of this producer's topics.
  func updateTopics() {
    if case .closed? = cluster.metadataFailure?.reason { end() }
    guard !isClosed, seenVersion != cluster.cache.version else { return }
    seenVersion = cluster.cache.version
    var hasNews = false
    for (index, name) in topics {
      guard let topic = cluster.cache.topics[name], !topic.partitions.isEmpty else { continue }
      core.setTopic(index, name: name, id: topic.id, leaders: topic.partitions.map(\.leader))
      let hasLeader = topic.partitions.map { $0.leader >= 0 }
      shared.lock.withLock { accumulator in
        if !accumulator.isReady(index) { hasNews = true }
        accumulator.setPartitions(of: index, hasLeader: hasLeader)
      }
    }
    pass(isTick: false)
    if hasNews { tellWritable(topicBecameReady: true) }
  }

  private func tellWritable(topicBecameReady: Bool = false) {
    guard shared.lock.withLock({ $0.takeWritable(topicBecameReady: topicBecameReady) }) else { return }
    shared.wakeWaiters()
    whenWritable()
  }

  // MARK: sending

  /// Sends what may be sent. With `isTick` what is there has lingered long enough.
  func pass(isTick: Bool) {
    if isClosed { return }
    if isPassing {
      isPassWanted = true
      return
    }
    isPassing = true
    let now = cluster.now
    let lingers = shared.lock.withLock { $0.beginPass(isTick: isTick || options.lingerMilliseconds <= 0, now: now) }
    if lingers { scheduleTick() }
    repeat {
      isPassWanted = false
      var effects: [ProducerEffect] = []
      core.pass(now: now, &effects) { body in shared.lock.withLock { body(&$0) } }
      perform(effects)
    } while isPassWanted
    isPassing = false
    finishPass(now: now)
  }

  private func finishPass(now: Int64) {
    schedule(now: now)
    if !delivered.isEmpty {
      let deliveries = delivered
      delivered = []
      self.deliveries(deliveries)
      finishFlushes()
    }
    if hasReleased {
      hasReleased = false
      tellWritable()
    }
  }

  private func scheduleTick() {
    if tick != nil { return }
    tick = cluster.loop.assumeIsolated().scheduleTask(in: .milliseconds(options.lingerMilliseconds)) {
      self.tick = nil
      self.pass(isTick: true)
    }
  }

  private func schedule(now: Int64) {
    var deadline = core.deadline(now: now) ?? .max
    if let timeout = options.deliveryTimeoutMilliseconds, let oldest = shared.lock.withLock({ $0.oldest }) {
      let expiry = Moment(monotonic: oldest, wall: 0).deadline(afterMilliseconds: timeout)
      if expiry > now { deadline = min(deadline, expiry) }
    }
    guard deadline < timerAt else { return }
    timer?.cancel()
    timerAt = deadline
    timer = cluster.schedule(at: deadline) {
      self.timerAt = .max
      self.pass(isTick: false)
    }
  }

  // MARK: effects

  private func perform(_ effects: [ProducerEffect]) {
    var released = 0
    for effect in effects {
      switch effect {
      case .produce(let request, let number, let broker, let versionLimit):
        produce(request, number: number, broker: broker, versionLimit: versionLimit)
      case .initialize(let request):
        cluster.send(request, to: .any) { result in
          self.answered { $0.initialized(result, now: $1, &$2) }
        }
      case .refreshMetadata: cluster.requestMetadata()
      case .deliver(let delivery): delivered.append(delivery)
      case .release(let bytes): released += bytes
      case .notice(let notice): cluster.options.notice(notice)
      }
    }
    guard released != 0 else { return }
    hasReleased = true
    shared.lock.withLock { $0.release(released) }
  }

  private func produce(_ request: ProduceRequest, number: UInt64, broker: Int32, versionLimit: Int16) {
    // The broker itself may take as long to gather its replicas.
    let timeout = options.requestTimeoutMilliseconds
    cluster.send(request, to: .node(broker), versionLimit: versionLimit, timeoutMilliseconds: timeout) { result in
      self.answered { $0.produced(number, result, now: $1, &$2) }
    }
  }

  private func answered(_ take: (inout ProducerCore, Int64, inout [ProducerEffect]) -> Void) {
    if isClosed { return }
    var effects: [ProducerEffect] = []
    take(&core, cluster.now, &effects)
    perform(effects)
    pass(isTick: false)
  }

  // MARK: ending

  func flush(_ done: @escaping () -> Void) {
    if isClosed { return done() }
    flushWaiters.append(FlushWaiter(number: shared.lock.withLock { $0.numberAhead }, done: done))
    pass(isTick: true)
    finishFlushes()
  }

  private func finishFlushes() {
    if flushWaiters.isEmpty { return }
    let oldest = min(shared.lock.withLock { $0.numbers.min() } ?? .max, core.numbers.min() ?? .max)
    let finished = flushWaiters.filter { $0.number <= oldest }
    flushWaiters.removeAll { $0.number <= oldest }
    for waiter in finished { waiter.done() }
  }

  /// Waits for what was taken, for at most this long, and fails the rest.
  func close(timeoutMilliseconds: Int64, _ done: @escaping () -> Void) {
    if isClosed { return done() }
    shared.lock.withLock { $0.close() }
    var isDone = false
    let finish = {
      if isDone { return }
      isDone = true
      self.end()
      done()
    }
    let limit = cluster.loop.assumeIsolated().scheduleTask(in: .milliseconds(max(0, timeoutMilliseconds)), finish)
    flush {
      limit.cancel()
      finish()
    }
  }

  private func end() {
    if isClosed { return }
    shared.lock.withLock { $0.close() }
    var effects: [ProducerEffect] = []
    for (slot, batch) in shared.lock.withLock({ $0.takeAll() }) { core.abandon(batch, of: slot, &effects) }
    core.close(&effects)
    perform(effects)
    isClosed = true
    tick?.cancel()
    timer?.cancel()
    if let observer { cluster.removeObserver(observer) }
    for (_, name) in topics { cluster.release(name, creates: options.createsTopics) }
    let deliveries = delivered
    delivered = []
    if !deliveries.isEmpty { self.deliveries(deliveries) }
    for waiter in flushWaiters { waiter.done() }
    flushWaiters = []
    shared.wakeWaiters()
  }

  // MARK: readiness

  /// Waits until the topic's partitions are known.
  func ready(
    _ index: Int, milliseconds: Int64, _ done: @escaping (Result<Void, ClientError>) -> Void
  ) {
    let name = shared.lock.withLock { $0.name(of: index) }
    let refusal = { (cluster: Cluster) -> ClientError? in
      cluster.cache.problems[name].map {
        ClientError(.refused($0, message: nil), api: .metadata, subject: "topic \(name)")
      }
    }
    cluster.wait(milliseconds: milliseconds, done, late: refusal) { cluster in
      self.updateTopics()
      if self.shared.lock.withLock({ $0.isReady(index) }) { return .success(()) }
      guard let error = refusal(cluster), !error.isRetriable else { return nil }
      return .failure(error)
    }
  }
}
