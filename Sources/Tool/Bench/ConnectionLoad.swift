import Base
import Daemon
import NIOCore
import NIOPosix
import Transport

/// Many connections that each send a small request once in an interval, evenly spread, whatever the answers do.
/// A latency counts from when its request was due. Everything but `init` happens on the event loop, which is what makes
/// this class safe to hand around.
final class ConnectionLoad: @unchecked Sendable {
  struct Outcome: Sendable {
    var latency = LatencyRecorder()
    var answered = 0
    /// Bytes of the values that were acknowledged.
    var bytes = 0
  }

  /// How long an answer may take before the run is given up.
  private static let patience = TimeAmount.seconds(30)

  private let eventLoop: any EventLoop
  private let requests: [PreparedProduce]
  private var random: SeededRandom
  private var connections: [LoadConnection] = []
  private var run: Run?

  private struct Run {
    let promise: EventLoopPromise<Outcome>
    let start: Int64
    /// Nanoseconds between two requests of all connections.
    let step: Double
    let count: Int
    var sent = 0
    var outcome = Outcome()
  }

  init(eventLoop: any EventLoop, requests: [PreparedProduce], seed: UInt64) {
    self.eventLoop = eventLoop
    self.requests = requests
    random = SeededRandom(seed: seed)
  }

  /// Adds `count` connections, some at a time.
  func connect(_ count: Int, host: String, port: Int) async throws {
    let bootstrap = ClientBootstrap(group: eventLoop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = LoadConnection(self)
          try channel.pipeline.syncOperations.addHandler(connection)
          self.connections.append(connection)
        }
      }
    for start in stride(from: 0, to: count, by: 100) {
      let channels = (start..<min(start + 100, count)).map { _ in bootstrap.connect(host: host, port: port) }
      for channel in channels { _ = try await channel.get() }
    }
  }

  /// Sends `count` requests in all, one of each connection in `interval`, and waits for the answers.
  func send(_ count: Int, interval: TimeAmount) async throws -> Outcome {
    let promise = eventLoop.makePromise(of: Outcome.self)
    eventLoop.execute {
      self.run = Run(
        promise: promise, start: systemClock().monotonic,
        step: Double(interval.nanoseconds) / Double(self.connections.count), count: count)
      self.tick()
    }
    return try await promise.futureResult.get()
  }

  /// Sends what is due and comes back when more is.
  private func tick() {
    guard var run else { return }
    let now = systemClock().monotonic
    let dueCount = min(run.count, Int(Double(now - run.start) / run.step) + 1)
    while run.sent < dueCount {
      let request = requests[Int.random(in: requests.indices, using: &random)]
      let due = run.start + Int64(Double(run.sent) * run.step)
      connections[run.sent % connections.count].send(request, number: Int32(truncatingIfNeeded: run.sent), due: due)
      run.sent += 1
    }
    // Sending may have ended the run.
    guard self.run != nil else { return }
    self.run?.sent = run.sent
    if run.sent < run.count {
      eventLoop.scheduleTask(in: .milliseconds(1)) { self.tick() }
    } else {
      eventLoop.scheduleTask(in: Self.patience) { self.fail("not all requests were answered in 30 s") }
    }
  }

  fileprivate func answered(_ waiting: LoadConnection.Waiting) {
    guard var run else { return }
    self.run = nil
    run.outcome.latency.record(nanoseconds: systemClock().monotonic - waiting.due)
    run.outcome.answered += 1
    run.outcome.bytes += waiting.valueSize
    if run.outcome.answered == run.count {
      run.promise.succeed(run.outcome)
    } else {
      self.run = run
    }
  }

  fileprivate func fail(_ reason: String) {
    guard let run else { return }
    self.run = nil
    run.promise.fail(
      ToolFailure("\(reason), after \(run.outcome.answered) answers to \(run.sent) requests", status: .unavailable))
  }
}

/// One of many connections.
private final class LoadConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  struct Waiting {
    var number: Int32
    var due: Int64
    var valueSize: Int
  }

  private unowned let load: ConnectionLoad
  private var context: ChannelHandlerContext?
  private var reader = FrameReader(sizeLimit: 1 << 20)
  private var waiting = CircularBuffer<Waiting>()

  init(_ load: ConnectionLoad) {
    self.load = load
  }

  func send(_ request: PreparedProduce, number: Int32, due: Int64) {
    guard let context else { return load.fail("a connection was lost") }
    waiting.append(Waiting(number: number, due: due, valueSize: request.valueSize))
    context.writeAndFlush(wrapOutboundOut(request.buffer(correlation: number, context.channel.allocator)), promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    if !waiting.isEmpty { load.fail("the broker closed a connection") }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reader.append(unwrapInboundIn(data))
    do {
      while let frame = try reader.next() {
        guard let first = waiting.popFirst() else { return load.fail("the broker answered nobody") }
        try PreparedProduce.check(frame, correlation: first.number)
        load.answered(first)
      }
    } catch {
      load.fail("\(error)")
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    load.fail("\(error)")
    context.close(promise: nil)
  }
}
