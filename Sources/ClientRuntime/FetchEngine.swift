import Base
import ClientCore
import KafkaProtocol
import NIOCore

/// The half of a consumer that lives on the event loop and fetches: carries out what `FetchCore` decides, and hands
/// events to whoever waits for one.
final class FetchEngine {
  typealias Outcome = Result<ConsumerEvent?, ClientError>

  private struct Waiter {
    let number: UInt64
    let timer: Scheduled<Void>?
    let done: (Outcome) -> Void
  }

  let cluster: Cluster
  private let options: ConsumerOptions
  private let lane: Cluster.Lane
  private(set) var core: FetchCore
  private var waiter: Waiter?
  private var nextWaiter: UInt64 = 1
  private var timer: Scheduled<Void>?
  private var observer: Int?
  private var isAdvancing = false
  private var isAdvanceWanted = false
  private var failure: ClientError?
  private(set) var isClosed = false
  /// Whether there is nothing more to come. Asked when nothing is buffered.
  var isFinished: () -> Bool = { false }

  init(_ cluster: Cluster, options: ConsumerOptions, number: Int) {
    self.cluster = cluster
    self.options = options
    lane = .fetch(number)
    core = FetchCore(
      options: options, responseSizeLimit: cluster.options.responseSizeLimit,
      retryBackoff: Backoff(
        firstMilliseconds: cluster.options.retryBackoffMilliseconds,
        limitMilliseconds: cluster.options.retryBackoffLimitMilliseconds),
      random: SeededRandom(seed: cluster.random.generator.next()))
    observer = cluster.addObserver { [weak self] in self?.metadataChanged() }
  }

  private func metadataChanged() {
    if case .closed? = cluster.metadataFailure?.reason {
      fail(ClientError(.closed))
      close()
    } else {
      advance()
    }
  }

  /// Changes what is read.
  func change(_ body: (inout FetchCore) -> Void) {
    if isClosed { return }
    body(&core)
    advance()
  }

  /// Asks for what is wanted, and serves the one who waits.
  func advance() {
    if isClosed { return }
    if isAdvancing {
      isAdvanceWanted = true
      return
    }
    isAdvancing = true
    repeat {
      isAdvanceWanted = false
      var effects: [FetchEffect] = []
      core.advance(now: cluster.now, metadata: cluster.cache, &effects)
      perform(effects)
    } while isAdvanceWanted
    isAdvancing = false
    schedule()
    serve()
  }

  private func schedule() {
    timer?.cancel()
    timer = nil
    guard let deadline = core.deadline(now: cluster.now), deadline < .max else { return }
    timer = cluster.schedule(at: deadline) { self.advance() }
  }

  private func perform(_ effects: [FetchEffect]) {
    for effect in effects {
      switch effect {
      case .fetch(let request, let number, let broker, let versionLimit):
        let timeout = options.requestTimeoutMilliseconds + Int64(options.maxWaitMilliseconds)
        cluster.send(
          request, to: .node(broker), lane: lane, versionLimit: versionLimit, timeoutMilliseconds: timeout
        ) { result in
          self.answered { $0.fetched(number, result, now: $1, &$2) }
        }
      case .listOffsets(let request, let number, let broker):
        cluster.send(
          request, to: .node(broker), lane: lane, timeoutMilliseconds: options.requestTimeoutMilliseconds
        ) { result in
          self.answered { $0.listed(number, result, now: $1, &$2) }
        }
      case .refreshMetadata: cluster.requestMetadata()
      case .notice(let notice): cluster.options.notice(notice)
      }
    }
  }

  private func answered(_ take: (inout FetchCore, Int64, inout [FetchEffect]) -> Void) {
    if isClosed { return }
    var effects: [FetchEffect] = []
    take(&core, cluster.now, &effects)
    perform(effects)
    advance()
  }

  // MARK: whoever waits

  /// Tells the next event, as soon as there is one; nil at the end.
  func next(waitingAtMost milliseconds: Int64?, _ done: @escaping (Outcome) -> Void) -> UInt64 {
    precondition(waiter == nil, "one caller of next at a time")
    let number = nextWaiter
    nextWaiter += 1
    let timer = milliseconds.map { milliseconds in
      cluster.loop.assumeIsolated().scheduleTask(in: .milliseconds(max(0, milliseconds))) {
        self.finish(number, .success(.idle))
      }
    }
    waiter = Waiter(number: number, timer: timer, done: done)
    serve()
    return number
  }

  /// Lets go of a waiter whose task was cancelled.
  func cancel(_ number: UInt64) {
    finish(number, .success(nil))
  }

  private func serve() {
    guard let waiter else { return }
    if let failure { return finish(waiter.number, .failure(failure)) }
    if isClosed { return finish(waiter.number, .success(nil)) }
    if let event = core.next() {
      finish(waiter.number, .success(event))
      // There is room again.
      return advance()
    }
    if !core.hasEvents, isFinished() { finish(waiter.number, .success(nil)) }
  }

  private func finish(_ number: UInt64, _ outcome: Outcome) {
    guard let waiter, waiter.number == number else { return }
    self.waiter = nil
    waiter.timer?.cancel()
    waiter.done(outcome)
  }

  /// Ends with an error for whoever asks.
  func fail(_ error: ClientError) {
    failure = failure ?? error
    serve()
  }

  func close() {
    if isClosed { return }
    isClosed = true
    timer?.cancel()
    if let observer { cluster.removeObserver(observer) }
    cluster.close(lane)
    serve()
  }
}
