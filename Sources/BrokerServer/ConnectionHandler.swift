import Base
import BrokerCore
import Daemon
import DiskIO
import NIOCore
import Transport

/// One connection: frames in, answers out in the order of their requests.
///
/// A request that waits for somebody else holds the connection, as in Kafka; one that waits for a disk lets those
/// behind it begin. So many may be under way at once, so many bytes may wait to be sent, and while either is full or
/// the connection is held, no more than a little is read from it.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = Never
  typealias OutboundIn = Never
  typealias OutboundOut = IOData

  /// Requests under way at once.
  static let pipelineLimit = 128
  /// Bytes read ahead while requests have to wait.
  static let readAheadLimit = 64 << 10

  /// What became of a request.
  enum Outcome {
    case reply(BrokerReply<RealFileSystem>)
    case nothing
    /// `kind` is what the log counts by.
    case close(kind: String, reason: String)
  }

  let loop: LoopShell
  var output = ConnectionOutput()
  private(set) var context: ChannelHandlerContext?
  private(set) var peer = "unknown"
  private var id = ConnectionID(loop: 0, number: 0)
  private var reader: FrameReader
  /// Of the requests under way, in order; nil for those without an outcome.
  private var outcomes = CircularBuffer<Outcome?>()
  /// The number of the first of them.
  private var firstNumber: UInt64 = 0
  /// The request that the next ones wait for.
  private var holder: UInt64?
  private var isResumable = false
  private var isReadWithheld = false
  /// Takes no requests any more.
  private var isEnding = false
  /// What arrives is not made of frames.
  private var isBroken = false
  /// Ends when the requests under way are answered.
  private var isStopping = false
  private var isAdmitted = false
  /// Bytes of the reader that the shared budget knows of.
  private var accountedByteCount = 0
  private var lastActivity: Int64 = 0

  init(loop: LoopShell) {
    self.loop = loop
    reader = FrameReader(sizeLimit: Int(loop.shell.settings.requestByteLimit))
  }

  // MARK: - the channel

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    peer = context.remoteAddress.map { Self.text(of: $0) } ?? "unknown"
    guard loop.shell.admitConnection() else {
      loop.shell.log.limited("max.connections", everySeconds: 10)?.warning(
        "connection refused: there are too many (max.connections)",
        ["peer": peer, "limit": loop.shell.settings.connectionLimit])
      isEnding = true
      context.close(promise: nil)
      return
    }
    isAdmitted = true
    id = loop.add(self)
    lastActivity = systemClock().monotonic
    loop.processor.connect(id, host: context.remoteAddress?.ipAddress ?? "")
  }

  func channelInactive(context: ChannelHandlerContext) {
    isEnding = true
    self.context = nil
    guard isAdmitted else { return }
    isAdmitted = false
    loop.shell.endConnection()
    loop.remove(id)
    let id = id
    let unanswered = outcomes.indices.filter { outcomes[$0] == nil }.map { index in
      RequestID(
        connection: id, number: firstNumber + UInt64(outcomes.distance(from: outcomes.startIndex, to: index)))
    }
    loop.processor.disconnect(id, unanswered: unanswered)
    outcomes = CircularBuffer()
    output = ConnectionOutput()
    discardInput()
    loop.settle()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard isOpen else { return }
    reader.append(unwrapInboundIn(data))
    lastActivity = systemClock().monotonic
    proceed()
    accountForBytes()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    loop.settle()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    lastActivity = systemClock().monotonic
    send()
    flush()
    mayResume()
    loop.settle()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A peer that went away without a word is nothing to speak of.
    loop.shell.log.debug("connection failed", ["peer": peer, "reason": "\(error)"])
    context.close(promise: nil)
  }

  func read(context: ChannelHandlerContext) {
    if mustWait, reader.bufferedByteCount >= Self.readAheadLimit {
      isReadWithheld = true
    } else {
      context.read()
    }
  }

  // MARK: - requests

  /// Whether requests are taken.
  private var isOpen: Bool { !isEnding && !isBroken && !isStopping }

  /// Whether the next request has to wait.
  private var mustWait: Bool {
    holder != nil || outcomes.count >= Self.pipelineLimit || output.isFull || context?.channel.isWritable == false
  }

  /// Begins the requests that are here, as far as they need not wait.
  func proceed() {
    isResumable = false
    guard isOpen, reader.hasNext, !mustWait else { return resumeReading() }
    let now = systemClock()
    do throws(FrameError) {
      while isOpen, !mustWait, let frame = try reader.next() {
        let number = firstNumber + UInt64(outcomes.count)
        outcomes.append(nil)
        let request = RequestID(connection: id, number: number)
        if loop.processor.receive(frame, as: request, now: now) == .holding { holder = number }
      }
    } catch {
      stopTaking("frame", "\(error)")
    }
    resumeReading()
  }

  /// Small remainders are within what a connection may cost; large ones draw on a budget that all share.
  private func accountForBytes() {
    let count = reader.bufferedByteCount >= Self.readAheadLimit ? reader.bufferedByteCount : 0
    guard count != accountedByteCount else { return }
    let isWithinBudget = loop.shell.adjustQueuedBytes(by: count - accountedByteCount)
    accountedByteCount = count
    if !isWithinBudget {
      stopTaking("bytes", "too many bytes of requests are under way (queued.max.request.bytes)")
    }
  }

  /// Takes no more of what arrives; the reason gets its turn behind the answers that are due.
  private func stopTaking(_ kind: String, _ reason: String) {
    isBroken = true
    discardInput()
    outcomes.append(nil)
    complete(firstNumber + UInt64(outcomes.count) - 1, .close(kind: kind, reason: reason))
  }

  /// Gives back what has arrived and is no use any more.
  private func discardInput() {
    reader = FrameReader(sizeLimit: 0)
    _ = loop.shell.adjustQueuedBytes(by: -accountedByteCount)
    accountedByteCount = 0
  }

  private func resumeReading() {
    guard isReadWithheld, isOpen, !mustWait || reader.bufferedByteCount < Self.readAheadLimit else { return }
    isReadWithheld = false
    context?.read()
  }

  /// Has `proceed` called once the loop gets to it.
  private func mayResume() {
    guard !isResumable, isOpen, isReadWithheld || reader.hasNext else { return }
    isResumable = true
    loop.mayResume(self)
  }

  /// A request is done. Answers leave once all before them have.
  func complete(_ number: UInt64, _ outcome: Outcome) {
    guard number >= firstNumber, number - firstNumber < UInt64(outcomes.count) else { return }
    if holder == number { holder = nil }
    if number != firstNumber {
      outcomes[outcomes.index(outcomes.startIndex, offsetBy: Int(number - firstNumber))] = outcome
      return mayResume()
    }
    outcomes.removeFirst()
    firstNumber += 1
    release(outcome)
    while let ready = outcomes.first, let outcome = ready {
      outcomes.removeFirst()
      firstNumber += 1
      release(outcome)
    }
    if isStopping, outcomes.isEmpty { end() }
    send()
    mayResume()
  }

  private func release(_ outcome: Outcome) {
    guard !isEnding else { return }
    switch outcome {
    case .reply(let reply): output.append(reply)
    case .nothing: break
    case .close(let kind, let reason): refuse(kind, reason)
    }
  }

  /// Ends the connection because of what came over it.
  private func refuse(_ kind: String, _ reason: String) {
    guard !isEnding else { return }
    loop.shell.log.limited("closed \(kind)", everySeconds: 5)?.warning(
      "connection closed", ["peer": peer, "reason": reason])
    end()
  }

  /// Says that a request was refused, though not the connection.
  func tellRefusal(_ reason: String) {
    loop.shell.log.limited("refused request", everySeconds: 5)?.warning(
      "request refused", ["peer": peer, "reason": reason])
  }

  /// Takes no more requests, and closes once all answers have left.
  private func end() {
    guard !isEnding else { return }
    isEnding = true
    output.end()
    send()
  }

  // MARK: - the end

  /// Finishes the requests under way and closes.
  func beginStop() {
    isStopping = true
    if outcomes.isEmpty { end() }
  }

  func closeIfIdle(now: Moment) {
    let isWaitingForUs = !outcomes.isEmpty && output.isEmpty
    let limit = loop.shell.settings.connectionIdleMilliseconds.multipliedReportingOverflow(by: 1_000_000)
    guard !isWaitingForUs, !limit.overflow, now.monotonic - lastActivity > limit.partialValue else { return }
    loop.shell.log.debug("idle connection closed", ["peer": peer])
    context?.close(promise: nil)
  }

  private static func text(of address: SocketAddress) -> String {
    ListenAddress(host: address.ipAddress ?? "?", port: address.port ?? 0).description
  }
}
