import Base
import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  /// Lets a coordinator act, and delivers its answers.
  func act(
    on shard: GroupShard<Files>, now: Moment, _ body: (inout GroupShard<Files>.State) -> Void = { _ in }
  ) {
    finish(shard.act(now: now, loop: loop, effects: &effects, body), of: shard, now: now)
  }

  private func finish(_ outcome: GroupShard<Files>.Outcome, of shard: GroupShard<Files>, now: Moment) {
    if let deadline = outcome.deadline { groupTimers.set(shard, to: deadline) }
    for answer in outcome.answers {
      if isParked(answer.request) {
        deliver(answer.delivery, to: answer.request, now: now)
      } else {
        effects.append(.deliver(answer.request, answer.delivery))
      }
    }
  }

  /// Records of a group have become durable, or never will be.
  public func resume(_ shard: GroupShard<Files>, now: Moment) {
    act(on: shard, now: now)
  }

  /// Lets those coordinators act whose time has come.
  func expireGroups(now: Moment) {
    for shard in groupTimers.removeDue(at: now.monotonic) { act(on: shard, now: now) }
  }

  /// Sees to the deadlines of coordinators that nobody sees to yet.
  func adoptGroups() {
    for shard in broker.groups.takeUnscheduled() { groupTimers.set(shard, to: 0) }
  }

  /// Answers the requests that wait for other members of their groups, those of other loops too: the broker stops.
  public func refuseGroupWaiters(now: Moment) {
    for shard in broker.groups.shards { finish(shard.refuseWaiters(), of: shard, now: now) }
  }

  /// Asks a coordinator on behalf of a request, which is answered when the coordinator says so.
  ///
  /// - Parameters:
  ///   - refusal: what it is told when the broker stops while it waits for other members; nil where it never does.
  ///   - progress: what the requests behind it may do while it waits.
  func ask(
    _ shard: GroupShard<Files>, _ context: RequestContext, refusal: GroupReply?, _ progress: RequestProgress = .holding,
    respond: @escaping @Sendable (GroupReply) throws(ProtocolError) -> EncodedFrame?,
    _ body: (inout GroupCoordinator, GroupRequestID) -> Void
  ) -> RequestProgress {
    park(context.id, .delivery)
    act(on: shard, now: context.now) { state in
      let id = state.enlist(GroupShard.Waiter(request: context.id, refusal: refusal, respond: respond))
      body(&state.coordinator, id)
    }
    return isParked(context.id) ? progress : .done
  }
}
