import Base
import KafkaProtocol

extension RequestProcessor {
  /// Looks again at what a request waits for, and answers it when nothing is left.
  func continueDurable(_ wait: DurableWait<Files>, now: Moment) {
    var wait = wait
    var pending: [DurableWait<Files>.Point] = []
    for point in wait.pending {
      switch point.partition.durability(of: point.offset) {
      case .durable: break
      case .pending: pending.append(point)
      case .failed(let error, let message):
        wait.response.responses[point.topicIndex].partitionResponses[point.partitionIndex].fail(error, message)
      }
    }
    guard pending.isEmpty else {
      wait.pending = pending
      return park(wait.context.id, .durable(wait))
    }
    unpark(wait.context.id)
    do throws(ProtocolError) {
      _ = try reply(wait.context, wait.response)
    } catch {
      _ = close(wait.context.id, "cannot answer Produce: \(error)")
    }
  }
}
