import ClientCore
import KafkaProtocol
import NIOCore
import Transport

/// One socket to a broker: frames out, answers in, matched by their order and checked by their correlation ids.
final class BrokerChannel: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private struct Outstanding {
    let correlationID: Int32
    let api: ApiKey
    let timeoutMilliseconds: Int64
    let deadline: NIODeadline
    let answer: BrokerConnection.Answer
  }

  private let address: BrokerAddress
  private var context: ChannelHandlerContext?
  private var reader: FrameReader
  private var unanswered = CircularBuffer<Outstanding>()
  private var nextCorrelationID: Int32 = 0
  private var isFlushScheduled = false
  private let loop: any EventLoop
  /// Why the connection ended, once it did.
  private var ending: ClientError?
  /// Called once when the connection ends, with how many requests that left without an answer.
  var whenClosed: (ClientError, Int) -> Void = { _, _ in }

  init(_ address: BrokerAddress, sizeLimit: Int, loop: any EventLoop) {
    self.address = address
    self.loop = loop
    reader = FrameReader(sizeLimit: sizeLimit)
  }

  /// Requests without an answer yet.
  var outstanding: Int { unanswered.count }

  func send(_ request: BrokerConnection.Request, _ versions: BrokerVersions) {
    guard ending == nil, let context else {
      let error = ending ?? ClientError(.connectionLost("it is closed"), broker: address)
      return request.answer(.failure(error.with(api: request.api)))
    }
    let correlationID = nextCorrelationID
    let frame: EncodedFrame
    do throws(ClientError) {
      frame = try request.encode(versions, correlationID)
    } catch {
      var error = error
      error.broker = address
      return request.answer(.failure(error))
    }
    nextCorrelationID = correlationID == .max ? 0 : correlationID + 1
    unanswered.append(
      Outstanding(
        correlationID: correlationID, api: request.api, timeoutMilliseconds: request.timeoutMilliseconds,
        deadline: request.deadline, answer: request.answer))
    frame.forEachPiece { piece in
      if case .bytes(let bytes) = piece { context.write(wrapOutboundOut(bytes), promise: nil) }
    }
    scheduleFlush()
  }

  /// Requests that are sent within one turn of the loop share their system calls.
  private func scheduleFlush() {
    if isFlushScheduled { return }
    isFlushScheduled = true
    loop.assumeIsolated().execute {
      self.isFlushScheduled = false
      self.context?.flush()
    }
  }

  /// Ends the connection when its oldest request waits for too long: what came late could not be told apart.
  func expire(now: NIODeadline) {
    guard let late = unanswered.first(where: { $0.deadline <= now }) else { return }
    close(ClientError(.timedOut(milliseconds: late.timeoutMilliseconds), broker: address, api: late.api))
  }

  /// Ends the connection and fails what is unanswered.
  func close(_ error: ClientError) {
    guard ending == nil else { return }
    ending = error
    let failed = unanswered
    unanswered = []
    context?.close(promise: nil)
    for request in failed {
      var reason = error
      reason.api = request.api
      request.answer(.failure(reason))
    }
    whenClosed(error, failed.count)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard ending == nil else { return }
    reader.append(unwrapInboundIn(data))
    do throws(FrameError) {
      while ending == nil, let frame = try reader.next() { receive(frame) }
    } catch {
      close(ClientError(.malformed(error.description), broker: address, api: unanswered.first?.api))
    }
  }

  private func receive(_ frame: ByteBuffer) {
    var frame = frame
    guard let correlationID = frame.readInteger(as: Int32.self) else {
      return close(ClientError(.malformed("a frame of \(frame.readableBytes) bytes"), broker: address))
    }
    guard let request = unanswered.first else {
      return close(ClientError(.malformed("an answer to no question (id \(correlationID))"), broker: address))
    }
    guard request.correlationID == correlationID else {
      let text = "it has the correlation id \(correlationID), \(request.correlationID) is expected"
      return close(ClientError(.malformed(text), broker: address, api: request.api))
    }
    unanswered.removeFirst()
    request.answer(.success(frame))
  }

  func channelInactive(context: ChannelHandlerContext) {
    close(ClientError(.connectionLost("the broker closed it"), broker: address))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let text = (error as? IOError)?.words ?? "\(error)"
    close(ClientError(.connectionLost(text), broker: address))
  }
}
