import Base
import ClientCore
import KafkaProtocol
import NIOCore
import NIOPosix

/// The connection to one broker: made when it is needed, made again after it broke. Requests go out in order and are
/// answered in order. Everything happens on the event loop.
final class BrokerConnection {
  typealias Answer = (Result<ByteBuffer, ClientError>) -> Void

  struct Request {
    let api: ApiKey
    let timeoutMilliseconds: Int64
    let deadline: NIODeadline
    /// Writes the frame for a correlation id, once it is known what the broker speaks.
    let encode: (BrokerVersions, Int32) throws(ClientError) -> EncodedFrame
    let answer: Answer
  }

  enum State {
    case idle
    /// Until the backoff is over.
    case waiting
    case connecting
    case connected(BrokerChannel, BrokerVersions)
    case closed
  }

  /// Requests that may wait for a connection.
  static let queueLimit = 1000

  let address: BrokerAddress
  private let options: KafkaClientOptions
  private let loop: any EventLoop
  private let random: RandomSource
  private var state = State.idle
  private var queue: [Request] = []
  private var backoff: Backoff
  /// The error of the last attempt, while there has been no connection since.
  private(set) var failure: ClientError?
  private var isNoticed = false

  init(_ address: BrokerAddress, options: KafkaClientOptions, loop: any EventLoop, random: RandomSource) {
    self.address = address
    self.options = options
    self.loop = loop
    self.random = random
    backoff = Backoff(
      firstMilliseconds: options.reconnectBackoffMilliseconds,
      limitMilliseconds: options.reconnectBackoffLimitMilliseconds)
  }

  var isConnected: Bool {
    if case .connected = state { true } else { false }
  }

  /// Whether nothing is queued or unanswered here.
  var isQuiet: Bool {
    if case .connected(let channel, _) = state { return channel.outstanding == 0 && queue.isEmpty }
    return queue.isEmpty
  }

  func send(_ request: Request) {
    switch state {
    case .connected(let channel, let versions): channel.send(request, versions)
    case .closed: request.answer(.failure(ClientError(.closed, broker: address, api: request.api)))
    case .idle, .waiting, .connecting:
      guard queue.count < Self.queueLimit else {
        let reason = ClientError.Reason.connectFailed("\(queue.count) requests are waiting for it already")
        return request.answer(.failure(ClientError(reason, broker: address, api: request.api)))
      }
      queue.append(request)
      if case .idle = state { connect() }
    }
  }

  private func connect() {
    state = .connecting
    let channel = BrokerChannel(address, sizeLimit: options.responseSizeLimit, loop: loop)
    let bound = NIOLoopBound(channel, eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(.milliseconds(options.connectTimeoutMilliseconds))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 512 << 10)
      )
      .channelInitializer { socket in
        socket.eventLoop.makeCompletedFuture { try socket.pipeline.syncOperations.addHandler(bound.value) }
      }
      .connect(host: address.host, port: address.port)
      .hop(to: loop).assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success(let socket): self.negotiate(channel, socket, version: ApiVersionsRequest.versions.upperBound)
        case .failure(let error):
          self.failed(ClientError(.connectFailed(Self.text(of: error)), broker: self.address))
        }
      }
  }

  private static func text(of error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let failure = error.connectionErrors.last { return text(of: failure.error) }
      return "the host's name \"\(error.host)\" is not known"
    case let error as IOError: return error.words
    case ChannelError.connectTimeout(let amount): return "no answer within \(amount.nanoseconds / 1_000_000) ms"
    default: return "\(error)"
    }
  }

  /// Asks what the broker speaks; one that does not know the question's version answers in version 0 (KIP-511).
  private func negotiate(_ channel: BrokerChannel, _ socket: any Channel, version: Int16) {
    guard case .connecting = state else { return socket.close(promise: nil) }
    let request = Request(
      api: .apiVersions, timeoutMilliseconds: options.requestTimeoutMilliseconds,
      deadline: .now() + .milliseconds(options.requestTimeoutMilliseconds),
      encode: { [options] (_, correlationID) throws(ClientError) in
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "splashdam"
        request.clientSoftwareVersion = "1"
        return try Self.frame(request, version: version, correlationID: correlationID, clientID: options.clientID)
      },
      answer: { result in self.negotiated(result, channel, socket, version: version) })
    channel.send(request, BrokerVersions())
  }

  private func negotiated(
    _ result: Result<ByteBuffer, ClientError>, _ channel: BrokerChannel, _ socket: any Channel, version: Int16
  ) {
    guard case .connecting = state else { return }
    do throws(ClientError) {
      let frame = try result.get()
      // The error code comes first in every version.
      let isRefused =
        frame.getInteger(at: frame.readerIndex, as: Int16.self) == ErrorCode.unsupportedVersion.rawValue
      if isRefused, version > 0 { return negotiate(channel, socket, version: 0) }
      let response = try Self.decode(ApiVersionsResponse.self, frame, version: version, broker: address)
      guard response.errorCode == .none else {
        throw ClientError(.refused(response.errorCode, message: nil), broker: address, api: .apiVersions)
      }
      connected(channel, BrokerVersions(response))
    } catch {
      failed(error)
      channel.close(error)
    }
  }

  private func connected(_ channel: BrokerChannel, _ versions: BrokerVersions) {
    state = .connected(channel, versions)
    failure = nil
    if isNoticed { options.notice(ClientNotice(.info, kind: "connection", "connected to broker \(address) again")) }
    isNoticed = false
    backoff.reset()
    channel.whenClosed = { error, unanswered in self.lost(error, unanswered: unanswered) }
    let waiting = queue
    queue = []
    for request in waiting { channel.send(request, versions) }
  }

  private func lost(_ error: ClientError, unanswered: Int) {
    guard case .connected = state else { return }
    // Brokers end connections that are idle for long.
    if unanswered > 0 { notice(error) }
    state = .idle
    if !queue.isEmpty { connect() }
  }

  private func failed(_ error: ClientError) {
    guard case .connecting = state else { return }
    failure = error
    notice(error)
    state = .waiting
    loop.assumeIsolated().scheduleTask(in: .nanoseconds(backoff.next(&random.generator))) {
      guard case .waiting = self.state else { return }
      self.state = .idle
      if !self.queue.isEmpty { self.connect() }
    }
    let waiting = queue
    queue = []
    for request in waiting { request.answer(.failure(error.with(api: request.api))) }
  }

  private func notice(_ error: ClientError) {
    if case .closed = error.reason { return }
    isNoticed = true
    options.notice(ClientNotice(.warning, kind: "connection", error.description))
  }

  /// Fails what waits for longer than it may.
  func expire(now: NIODeadline) {
    if case .connected(let channel, _) = state { channel.expire(now: now) }
    let late = queue.filter { $0.deadline <= now }
    if late.isEmpty { return }
    queue.removeAll { $0.deadline <= now }
    for request in late {
      let reason = failure?.reason ?? .timedOut(milliseconds: request.timeoutMilliseconds)
      request.answer(.failure(ClientError(reason, broker: address, api: request.api)))
    }
  }

  func close() {
    let previous = state
    state = .closed
    let error = ClientError(.closed, broker: address)
    if case .connected(let channel, _) = previous { channel.close(error) }
    let waiting = queue
    queue = []
    for request in waiting { request.answer(.failure(error.with(api: request.api))) }
  }
}

extension BrokerConnection {
  static func frame<Message: RequestMessage>(
    _ request: Message, version: Int16, correlationID: Int32, clientID: String
  ) throws(ClientError) -> EncodedFrame {
    do throws(ProtocolError) {
      return try request.frame(version: version, correlationID: correlationID, clientID: clientID)
    } catch {
      throw ClientError(.invalid("the request cannot be encoded: \(error)"), api: Message.key)
    }
  }

  static func decode<Message: ResponseMessage>(
    _ type: Message.Type, _ frame: ByteBuffer, version: Int16, broker: BrokerAddress
  ) throws(ClientError) -> Message {
    do throws(ProtocolError) {
      return try Message(decodingAfterCorrelationID: frame, version: version)
    } catch {
      throw ClientError(.malformed(error.description), broker: broker, api: Message.key)
    }
  }
}

extension ClientError {
  func with(api: ApiKey) -> ClientError {
    var error = self
    error.api = error.api ?? api
    return error
  }
}
