import Supervisor
import Testing

@Suite struct SupervisionTests {
  private static let second: Int64 = 1_000_000_000

  /// Broker, agent and sink; the agent ends first, the broker last.
  private func waiting() -> Supervision {
    var supervision = Supervision(endingOrder: [1, 2, 0])
    #expect(supervision.begin(now: 0) == [.start(part: 0)])
    return supervision
  }

  private func running() -> Supervision {
    var supervision = waiting()
    #expect(supervision.partIsReady(0) == [.start(part: 1), .start(part: 2)])
    return supervision
  }

  @Test func startsTheOthersWhenTheFirstIsReady() {
    var supervision = running()
    #expect(supervision.deadline == nil)
    #expect(supervision.partIsReady(0) == [])
    #expect(supervision.partIsReady(2) == [])
    #expect(supervision.partIsReady(1) == [.announce(.allReady)])
  }

  @Test func startsTheOthersInAnyCaseAfterAWhile() throws {
    var supervision = waiting()
    let deadline = try #require(supervision.deadline)
    #expect(deadline == Supervision.readinessLimit)
    #expect(supervision.timePassed(now: deadline - 1) == [])
    #expect(
      supervision.timePassed(now: deadline) == [
        .announce(.notReadyInTime(part: 0)), .start(part: 1), .start(part: 2),
      ])
  }

  @Test func endsInOrder() {
    var supervision = running()
    #expect(supervision.endRequested(insisting: true, now: 0) == [.announce(.ending), .terminate(part: 1)])
    #expect(supervision.partEnded(1, .exited(0), now: 1) == [.terminate(part: 2)])
    #expect(supervision.deadline == 1 + Supervision.endingLimit)
    #expect(supervision.partEnded(2, .exited(0), now: 2) == [.terminate(part: 0)])
    #expect(supervision.partEnded(0, .exited(0), now: 3) == [.finish(status: 0)])
    #expect(supervision.deadline == nil)
  }

  @Test func endsBeforeTheOthersStarted() {
    var supervision = waiting()
    #expect(supervision.endRequested(insisting: false, now: 0) == [.announce(.ending), .terminate(part: 0)])
    #expect(supervision.partIsReady(0) == [])
    #expect(supervision.partEnded(0, .exited(0), now: 3) == [.finish(status: 0)])
  }

  @Test func forgivesAnEndBeforeSignalsAreObeyed() {
    var supervision = waiting()
    _ = supervision.endRequested(insisting: true, now: 0)
    #expect(supervision.partEnded(0, .killed(signal: 15), now: 0) == [.finish(status: 0)])
  }

  @Test func endsTheOthersWhenOneDies() {
    var supervision = running()
    #expect(
      supervision.partEnded(2, .killed(signal: 9), now: 0) == [
        .announce(.died(part: 2, .killed(signal: 9))), .terminate(part: 1),
      ])
    #expect(supervision.partEnded(1, .exited(0), now: 0) == [.terminate(part: 0)])
    #expect(supervision.partEnded(0, .exited(0), now: 0) == [.finish(status: 1)])
  }

  @Test func passesOnTheStatusOfTheDead() {
    var supervision = waiting()
    #expect(
      supervision.partEnded(0, .exited(69), now: 0) == [
        .announce(.died(part: 0, .exited(69))), .finish(status: 69),
      ])
  }

  @Test func callsAnUnwantedGoodEndAFailure() {
    var supervision = waiting()
    #expect(
      supervision.partEnded(0, .exited(0), now: 0) == [.announce(.died(part: 0, .exited(0))), .finish(status: 1)])
  }

  @Test func killsWhatDoesNotEnd() {
    var supervision = running()
    _ = supervision.endRequested(insisting: true, now: 0)
    #expect(supervision.timePassed(now: Supervision.endingLimit - 1) == [])
    #expect(
      supervision.timePassed(now: Supervision.endingLimit) == [
        .announce(.killedAfterWaiting(part: 1)), .kill(part: 1),
      ])
    #expect(supervision.deadline == nil)
    #expect(supervision.partEnded(1, .killed(signal: 9), now: 0) == [.terminate(part: 2)])
    #expect(supervision.partEnded(2, .exited(0), now: 0) == [.terminate(part: 0)])
    #expect(supervision.partEnded(0, .exited(0), now: 0) == [.finish(status: 1)])
  }

  @Test func killsAllWhenAskedTwice() {
    var supervision = running()
    _ = supervision.endRequested(insisting: true, now: 0)
    #expect(
      supervision.endRequested(insisting: true, now: 0) == [
        .announce(.killingAll), .kill(part: 1), .kill(part: 2), .kill(part: 0),
      ])
    #expect(supervision.partEnded(1, .killed(signal: 9), now: 0) == [])
    #expect(supervision.partEnded(0, .killed(signal: 9), now: 0) == [])
    #expect(supervision.partEnded(2, .killed(signal: 9), now: 0) == [.finish(status: 130)])
  }

  @Test func doesNotKillBecauseTheReaderOfTheOutputWentToo() {
    var supervision = running()
    _ = supervision.endRequested(insisting: true, now: 0)
    #expect(supervision.endRequested(insisting: false, now: 0) == [])
  }

  @Test func tellsOfABadEnd() {
    var supervision = running()
    _ = supervision.endRequested(insisting: true, now: 0)
    #expect(
      supervision.partEnded(1, .exited(74), now: 0) == [
        .announce(.endedBadly(part: 1, .exited(74))), .terminate(part: 2),
      ])
    #expect(
      supervision.partEnded(0, .killed(signal: 6), now: 0) == [.announce(.died(part: 0, .killed(signal: 6)))])
    #expect(supervision.partEnded(2, .exited(0), now: 0) == [.finish(status: 1)])
  }

  @Test func endsWhenNoneOfTheOthersStarts() {
    var supervision = running()
    #expect(
      supervision.partNotStarted(1, reason: "a", now: 0) == [
        .announce(.notStarted(part: 1, reason: "a")), .terminate(part: 2),
      ])
    #expect(
      supervision.partNotStarted(2, reason: "b", now: 0) == [
        .announce(.notStarted(part: 2, reason: "b")), .terminate(part: 0),
      ])
    #expect(supervision.partEnded(0, .exited(0), now: 0) == [.finish(status: 1)])
  }

  @Test func endsWhenTheFirstDoesNotStart() {
    var supervision = waiting()
    #expect(
      supervision.partNotStarted(0, reason: "a", now: 0) == [
        .announce(.notStarted(part: 0, reason: "a")), .finish(status: 1),
      ])
  }

  @Test func tellsHowAProcessEnded() {
    #expect(ProcessEnd(waitStatus: 78 << 8).description == "ended with status 78, a wrong configuration")
    #expect(ProcessEnd(waitStatus: 9) == .killed(signal: 9))
    #expect(ProcessEnd(waitStatus: 0x80 | 6).description == "was killed by signal 6 (SIGABRT)")
    #expect(ProcessEnd(waitStatus: 3 << 8).description == "ended with status 3")
  }
}
