import Base
import KafkaProtocol

// A group of the next-generation protocol (KIP-848), as the group with its offsets and appends sees it.
extension ClassicGroup {
  /// By Kafka's name for it.
  var stateName: String {
    if let consumer, state != .dead { return consumer.state.rawValue }
    return state.rawValue
  }

  /// Handles a ConsumerGroupHeartbeat request: answered when all that the answer rests on is committed.
  mutating func heartbeat(
    _ parameters: ConsumerHeartbeatParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    guard state != .dead else {
      return context.reply(.consumerHeartbeat(ConsumerHeartbeatReply(error: .coordinatorNotAvailable)), to: request)
    }
    do throws(ConsumerGroupRefusal) {
      let heard = try heard(parameters, &context)
      answer(.consumerHeartbeat(heard), to: request, &context)
    } catch {
      context.reply(.consumerHeartbeat(ConsumerHeartbeatReply(error: error.code, error.message)), to: request)
    }
  }

  private mutating func heard(
    _ parameters: ConsumerHeartbeatParameters, _ context: inout GroupContext
  ) throws(ConsumerGroupRefusal) -> ConsumerHeartbeatReply {
    // A copy that is kept beyond a change costs as much as the group is large.
    let before = consumer == nil ? self : nil
    if consumer == nil { try becomeConsumerGroup(parameters, context) }
    var cause: RebalanceCause?
    var answer: ConsumerHeartbeatReply?
    do throws(ConsumerGroupRefusal) {
      answer =
        parameters.epoch < 0
        ? try consumer?.leave(parameters, context, cause: &cause)
        : try consumer?.heartbeat(parameters, &context, cause: &cause)
    } catch {
      if let before { self = before }
      throw error
    }
    consumersChanged(cause.map { [$0] } ?? [], &context)
    return answer ?? ConsumerHeartbeatReply(error: .unknownServerError)
  }

  /// Notes why the epoch changed, writes what is to be written, and becomes a classic group when only members of the
  /// classic protocol are left.
  mutating func consumersChanged(_ causes: [RebalanceCause], _ context: inout GroupContext) {
    if let last = causes.last, consumer?.hasClassicMembersOnly == true {
      for cause in causes.dropLast() { note(cause, &context) }
      return downgrade(last, &context)
    }
    for cause in causes { note(cause, &context) }
    writeConsumers(&context)
    if let consumer { wake(by: consumer.nextDeadline) }
  }

  /// Writes what has changed.
  private mutating func writeConsumers(_ context: inout GroupContext) {
    guard let (keys, records) = consumer?.takeRecords(), !records.isEmpty else { return }
    append(records.map { .consumer(id, $0) }, then: .consumer(keys), &context)
  }

  /// What could not be written is written with what comes next.
  mutating func writeAgain(_ keys: [ConsumerRecordKey]) {
    if consumer == nil { return owe(keys.map { .consumer(id, $0.tombstone) }) }
    for key in keys { consumer?.touch(key) }
  }

  /// Answers once all is committed that an answer rests on: also what others caused, since they may have given up what
  /// this member is given.
  func answer(_ reply: GroupReply, to request: GroupRequestID, _ context: inout GroupContext) {
    if pendingAppendCount > 0, let lastAppend {
      context.hold(reply, to: request, until: lastAppend)
    } else {
      context.reply(reply, to: request)
    }
  }

  /// Takes out the members whose time is over.
  mutating func expireConsumers(_ context: inout GroupContext) {
    guard state != .dead, let causes = consumer?.expire(context), !causes.isEmpty else { return }
    consumersChanged(causes, &context)
  }

  /// An empty group of the next-generation protocol becomes one of the classic protocol, which goes on counting.
  mutating func becomeClassic() {
    guard let consumer, consumer.isEmpty else { return }
    owe(consumer.tombstones().map { .consumer(id, $0) })
    generation = consumer.epoch
    self.consumer = nil
  }

  /// Has tombstones written before anything else is, unless what they are about is there again.
  mutating func owe(_ tombstones: [GroupRecord]) {
    owed += tombstones.filter { record in
      switch record {
      case .consumer: consumer == nil
      case .group, .offset: consumer != nil
      }
    }
  }

  /// Applies a record of the log.
  mutating func restore(_ record: ConsumerGroupRecord) {
    switch record {
    case .epoch(nil):
      consumer = nil
      isWritten = !members.isEmpty || protocolType != nil
    case _ where record.isTombstone:
      consumer?.apply(record)
    default:
      if consumer == nil {
        forget()
        consumer = ConsumerGroup()
      }
      isWritten = true
      consumer?.apply(record)
    }
  }
}
