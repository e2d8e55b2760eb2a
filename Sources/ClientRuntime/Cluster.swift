import Base
import ClientCore
import KafkaProtocol
import NIOCore

/// The brokers as a client reaches them: connections, and the cache of who leads what. Everything happens on the event
/// loop.
final class Cluster {
  /// Kinds of requests that must not wait for each other's answers: brokers answer those of one connection in order.
  enum Lane: Hashable {
    case main
    /// Fetches of one consumer, which a broker holds back until there is something.
    case fetch(Int)
    /// What a member asks its coordinator; JoinGroup waits for all members.
    case group(Int)
  }

  enum Target {
    case any
    case controller
    case node(Int32)
    case address(BrokerAddress)
  }

  private struct Key: Hashable {
    let address: BrokerAddress
    let lane: Lane
  }

  /// How often late answers are looked for.
  private static let expiryInterval = TimeAmount.milliseconds(200)

  let loop: any EventLoop
  let options: KafkaClientOptions
  let random: RandomSource
  private let bootstrap: [BrokerAddress]
  private(set) var cache: MetadataCache
  private var connections: [Key: BrokerConnection] = [:]
  private var metadataTimer: Scheduled<Void>?
  private var metadataTimerAt: Int64 = .max
  private var expiryTimer: Scheduled<Void>?
  private var observers: [Int: () -> Void] = [:]
  private var nextNumber = 0
  /// Why the last question for metadata was not answered; nil once one was.
  private(set) var metadataFailure: ClientError?
  private var isClosed = false

  init(bootstrap: [BrokerAddress], options: KafkaClientOptions, loop: any EventLoop) {
    self.bootstrap = bootstrap
    self.options = options
    self.loop = loop
    random = RandomSource(seed: options.randomSeed)
    cache = MetadataCache(
      maxAgeMilliseconds: options.metadataMaxAgeMilliseconds,
      backoff: Backoff(
        firstMilliseconds: options.retryBackoffMilliseconds, limitMilliseconds: options.retryBackoffLimitMilliseconds))
  }

  /// Nanoseconds of the monotonic clock.
  var now: Int64 { Int64(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) }

  /// A number nobody else of this client has.
  func number() -> Int {
    nextNumber += 1
    return nextNumber
  }

  // MARK: requests

  /// Sends a request and decodes its answer. An answer that cannot be decoded ends nothing but this request.
  ///
  /// - Parameters:
  ///   - versionLimit: where a version must not be used, such as one that needs ids nobody knows.
  ///   - answer: called once, possibly within this call.
  func send<Request: RequestMessage>(
    _ request: Request, to target: Target, lane: Lane = .main, versionLimit: Int16 = .max,
    timeoutMilliseconds: Int64? = nil, answer: @escaping (Result<Request.Response, ClientError>) -> Void
  ) {
    let connection: BrokerConnection
    do throws(ClientError) {
      connection = try self.connection(to: target, lane: lane)
    } catch {
      return answer(.failure(error.with(api: Request.key)))
    }
    let timeout = timeoutMilliseconds ?? options.requestTimeoutMilliseconds
    var used: Int16 = 0
    let address = connection.address
    let sent = BrokerConnection.Request(
      api: Request.key, timeoutMilliseconds: timeout, deadline: .now() + .milliseconds(timeout),
      encode: { [options] (versions, correlationID) throws(ClientError) in
        used = try versions.version(of: Request.self, atMost: versionLimit)
        return try BrokerConnection.frame(
          request, version: used, correlationID: correlationID, clientID: options.clientID)
      },
      answer: { result in
        do throws(ClientError) {
          let frame = try result.get()
          answer(.success(try BrokerConnection.decode(Request.Response.self, frame, version: used, broker: address)))
        } catch {
          answer(.failure(error))
        }
      })
    connection.send(sent)
    scheduleExpiry()
  }

  private func connection(to target: Target, lane: Lane) throws(ClientError) -> BrokerConnection {
    if isClosed { throw ClientError(.closed) }
    switch target {
    case .any: return anyConnection(lane)
    case .controller:
      guard let id = cache.controllerID, let address = cache.brokers[id] else { return anyConnection(lane) }
      return connection(address, lane)
    case .node(let id):
      guard let address = cache.brokers[id] else {
        throw ClientError(.connectFailed("no broker with the id \(id) is known"))
      }
      return connection(address, lane)
    case .address(let address): return connection(address, lane)
    }
  }

  func connection(_ address: BrokerAddress, _ lane: Lane) -> BrokerConnection {
    let key = Key(address: address, lane: lane)
    if let existing = connections[key] { return existing }
    let new = BrokerConnection(address, options: options, loop: loop, random: random)
    connections[key] = new
    return new
  }

  /// One that stands, else one of the known brokers, and when none of those is to be reached, one to begin with.
  private func anyConnection(_ lane: Lane) -> BrokerConnection {
    let addresses = Set(cache.brokers.values).union(bootstrap).sorted { $0.description < $1.description }
    if let standing = addresses.compactMap({ connections[Key(address: $0, lane: lane)] }).first(where: \.isConnected) {
      return standing
    }
    let untried = addresses.filter { connections[Key(address: $0, lane: lane)]?.failure == nil }
    let known = untried.filter { cache.brokers.values.contains($0) }
    let choices = !known.isEmpty ? known : !untried.isEmpty ? untried : addresses
    let index = Int.random(in: 0..<choices.count, using: &random.generator)
    return connection(choices[index], lane)
  }

  /// Ends the connections of a lane that nobody uses any more.
  func close(_ lane: Lane) {
    for (key, connection) in connections where key.lane == lane {
      connections[key] = nil
      connection.close()
    }
  }

  private func scheduleExpiry() {
    if expiryTimer != nil { return }
    expiryTimer = loop.assumeIsolated().scheduleTask(in: Self.expiryInterval) {
      self.expiryTimer = nil
      let now = NIODeadline.now()
      for connection in self.connections.values { connection.expire(now: now) }
      if self.connections.values.contains(where: { !$0.isQuiet }) { self.scheduleExpiry() }
    }
  }

  // MARK: metadata

  /// Calls `observer` after every change of the cache, and after every failure to get one, until `removeObserver`.
  func addObserver(_ observer: @escaping () -> Void) -> Int {
    let number = number()
    observers[number] = observer
    return number
  }

  func removeObserver(_ number: Int) {
    observers[number] = nil
  }

  func want(_ topic: String, creates: Bool) {
    cache.want(topic, creates: creates)
    updateMetadata()
  }

  func release(_ topic: String, creates: Bool) {
    cache.release(topic, creates: creates)
  }

  func requestMetadata() {
    cache.requestRefresh()
    updateMetadata()
  }

  private func updateMetadata() {
    if isClosed { return }
    switch cache.nextAction(now: now) {
    case .none: break
    case .wait(let until): scheduleMetadata(at: until)
    case .send(let request):
      send(request, to: .any) { result in
        self.receivedMetadata(result)
      }
    }
  }

  private func receivedMetadata(_ result: Result<MetadataResponse, ClientError>) {
    if isClosed { return }
    switch result {
    case .success(let response) where response.errorCode == .none:
      metadataFailure = nil
      cache.apply(response, now: now, random: &random.generator)
    case .success(let response):
      metadataFailure = ClientError(.refused(response.errorCode, message: nil), api: .metadata)
      cache.failed(now: now, random: &random.generator)
    case .failure(let error):
      metadataFailure = error
      cache.failed(now: now, random: &random.generator)
    }
    for observer in observers.values { observer() }
    updateMetadata()
  }

  private func scheduleMetadata(at time: Int64) {
    if metadataTimer != nil, metadataTimerAt <= time { return }
    metadataTimer?.cancel()
    metadataTimerAt = time
    metadataTimer = schedule(at: time) {
      self.metadataTimer = nil
      self.updateMetadata()
    }
  }

  /// Runs `task` on the loop at a monotonic time, or soon when that has passed.
  func schedule(at time: Int64, _ task: @escaping () -> Void) -> Scheduled<Void> {
    let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, time)))
    return loop.assumeIsolated().scheduleTask(deadline: deadline, task)
  }

  func close() {
    isClosed = true
    metadataTimer?.cancel()
    expiryTimer?.cancel()
    for connection in connections.values { connection.close() }
    connections = [:]
    let closing = observers
    observers = [:]
    metadataFailure = ClientError(.closed)
    for observer in closing.values { observer() }
  }

  /// Why nobody answers, for people.
  var unreachable: ClientError {
    let reason =
      switch metadataFailure?.reason {
      // The brokers are named once already.
      case .connectFailed(let text): text
      default: metadataFailure.map(\.description) ?? "no answer yet"
      }
    return ClientError(.unreachable(bootstrap, reason))
  }
}
