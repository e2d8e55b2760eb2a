import ClientCore
import NIOCore

extension KafkaClient {
  /// The next event of a consumer; nil at its end and when the surrounding task is cancelled.
  func nextEvent(
    of engine: NIOLoopBoundBox<FetchEngine?>, waitingAtMost milliseconds: Int64?
  ) async throws(ClientError) -> ConsumerEvent? {
    let waiter = NIOLoopBoundBox<UInt64?>.makeEmptyBox(eventLoop: eventLoop)
    let isCancelled = NIOLoopBoundBox.makeBoxSendingValue(false, eventLoop: eventLoop)
    let outcome: FetchEngine.Outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        self.execute { _ in
          guard let engine = engine.value, !isCancelled.value else {
            return continuation.resume(returning: .success(nil))
          }
          waiter.value = engine.next(waitingAtMost: milliseconds) { continuation.resume(returning: $0) }
        }
      }
    } onCancel: {
      self.execute { _ in
        isCancelled.value = true
        if let engine = engine.value, let number = waiter.value { engine.cancel(number) }
      }
    }
    return try outcome.get()
  }
}
