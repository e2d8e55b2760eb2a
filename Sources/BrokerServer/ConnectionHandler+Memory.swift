import Base
import Daemon
import NIOCore

/// What a connection holds beyond the little that each may, and since when.
struct HeldMemory {
  /// Fewer bytes are within what a connection costs anyway.
  static let freeByteCount = 4 << 10

  private struct Share {
    var byteCount = 0
    var since: Int64 = 0
  }

  private var request = Share()
  private var answer = Share()

  /// Monotonic time since which it holds something of this kind; nil when it holds nothing.
  func since(_ holding: ConnectionBudget.Holding) -> Int64? {
    let share = holding == .request ? request : answer
    return share.byteCount > 0 ? share.since : nil
  }

  /// Sets what is held; returns by how much that is more than before.
  mutating func set(_ holding: ConnectionBudget.Holding, to byteCount: Int) -> Int {
    let counted = byteCount >= Self.freeByteCount ? byteCount : 0
    switch holding {
    case .request: return Self.set(&request, to: counted)
    case .answer: return Self.set(&answer, to: counted)
    }
  }

  private static func set(_ share: inout Share, to byteCount: Int) -> Int {
    let change = byteCount - share.byteCount
    if change == 0 { return 0 }
    // A reader that takes some of its answers is not the slowest: its time begins anew.
    if share.byteCount == 0 || change < 0 { share.since = systemClock().monotonic }
    share.byteCount = byteCount
    return change
  }
}

extension ConnectionHandler {
  func heldSince(_ holding: ConnectionBudget.Holding) -> Int64? { held.since(holding) }

  /// Tells the budget that all share what is held now. When it is too much, the slowest connection has to go.
  func account(for holding: ConnectionBudget.Holding, _ byteCount: Int) {
    let change = held.set(holding, to: byteCount)
    guard change != 0, !loop.shell.budget.adjust(holding, by: change) else { return }
    loop.shed(holding)
    loop.shell.shed(holding, after: loop)
  }

  /// Ends the connection for the memory that it holds.
  func shed(_ holding: ConnectionBudget.Holding) {
    switch holding {
    case .request:
      loop.shell.budget.count(\.closedSlowRequest)
      stopTaking(Self.slowRequest, "too many bytes of requests are under way (queued.max.request.bytes)")
      loop.settle()
    case .answer:
      loop.shell.budget.count(\.closedSlowAnswer)
      loop.shell.log.limited("slow reader", everySeconds: 10)?.warning(
        "connection closed: too many bytes of answers wait for slow readers (queued.max.response.bytes)",
        ["peer": peer])
      context?.close(promise: nil)
    }
  }

  /// Has the channel tell when what it was given has left, once that is enough to be worth it, and sends it off.
  func flushAndAccount(_ context: ChannelHandlerContext) {
    if output.unconfirmedByteCount >= ConnectionOutput.confirmationInterval, !output.isConfirming {
      let count = output.unconfirmedByteCount
      output.isConfirming = true
      let promise = context.eventLoop.makePromise(of: Void.self)
      let handler = NIOLoopBound(self, eventLoop: loop.eventLoop)
      promise.futureResult.whenComplete { _ in handler.value.didSend(count) }
      context.write(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }
    context.flush()
    accountForAnswers()
  }

  private func didSend(_ byteCount: Int) {
    output.isConfirming = false
    output.unconfirmedByteCount = max(output.unconfirmedByteCount - byteCount, 0)
    accountForAnswers()
  }

  /// What the channel was given counts while it has not said that it has left.
  func accountForAnswers() {
    account(for: .answer, output.byteCount + (output.isConfirming ? output.unconfirmedByteCount : 0))
  }
}
