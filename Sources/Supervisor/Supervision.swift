/// Decides when the parts of a run start and end. The first starts alone, since the others need it; they start when it
/// is ready, or after a while in any case. The end comes by request or by the death of one part, and goes through the
/// parts in the order given, one after the other, each with a bounded wait. Times are monotonic nanoseconds.
public struct Supervision: Sendable {
  /// How long the others wait for the first part to be ready.
  public static let readinessLimit: Int64 = 15_000_000_000
  /// How long a part may take to end before it is killed.
  public static let endingLimit: Int64 = 15_000_000_000
  private static let terminate: Int32 = 15
  /// What a shell says of a program that Ctrl-C ended.
  private static let killedStatus: Int32 = 130

  private enum Stage {
    /// Only the first part runs.
    case waitingForFirst(deadline: Int64)
    case running
    /// Parts up to `position` of the order have ended or were asked to; nil for the deadline once that one was killed.
    case ending(position: Int, deadline: Int64?)
    /// All were killed; what is still to be seen is their ends.
    case killing
    case finished
  }

  private let endingOrder: [Int]
  private var alive: Set<Int> = []
  private var ready: Set<Int> = []
  private var stage = Stage.finished
  private var status: Int32 = 0
  private var endRequests = 0

  /// `endingOrder` holds each part's number once.
  public init(endingOrder: [Int]) {
    self.endingOrder = endingOrder
  }

  /// When `timePassed` is due; nil when nothing waits.
  public var deadline: Int64? {
    switch stage {
    case .waitingForFirst(let deadline): deadline
    case .ending(_, let deadline): deadline
    case .running, .killing, .finished: nil
    }
  }

  public mutating func begin(now: Int64) -> [SupervisionEffect] {
    stage = .waitingForFirst(deadline: now &+ Self.readinessLimit)
    alive.insert(0)
    return [.start(part: 0)]
  }

  public mutating func partIsReady(_ part: Int) -> [SupervisionEffect] {
    guard ready.insert(part).inserted else { return [] }
    switch stage {
    case .waitingForFirst: return part == 0 ? startOthers() : []
    case .running: return ready.count == endingOrder.count ? [.announce(.allReady)] : []
    case .ending, .killing, .finished: return []
    }
  }

  /// A part to be started was not: its program is missing, say.
  public mutating func partNotStarted(_ part: Int, reason: String, now: Int64) -> [SupervisionEffect] {
    alive.remove(part)
    status = 1
    let notice = SupervisionEffect.announce(.notStarted(part: part, reason: reason))
    if case .ending(let position, _) = stage {
      // Another one was not started either, and this one's end was already asked for.
      return [notice] + (endingOrder[position] == part ? endNext(after: position, now: now) : [])
    }
    return [notice] + endNext(after: -1, now: now)
  }

  public mutating func partEnded(_ part: Int, _ end: ProcessEnd, now: Int64) -> [SupervisionEffect] {
    guard alive.remove(part) != nil else { return [] }
    switch stage {
    case .waitingForFirst, .running:
      if case .exited(let code) = end, code != 0 { status = code } else { status = 1 }
      return [.announce(.died(part: part, end))] + endNext(after: -1, now: now)
    case .ending(let position, let deadline):
      var effects: [SupervisionEffect] = []
      let wasAsked = endingOrder[position] == part
      if wasAsked, deadline == nil || end.isSuccess || end == .killed(signal: Self.terminate) {
        // It ended well; or so early that it did not obey SIGTERM yet; or it was killed here, which was told then.
      } else if wasAsked {
        status = status == 0 ? 1 : status
        effects.append(.announce(.endedBadly(part: part, end)))
      } else {
        status = status == 0 ? 1 : status
        effects.append(.announce(.died(part: part, end)))
      }
      return effects + (wasAsked ? endNext(after: position, now: now) : [])
    case .killing:
      guard alive.isEmpty else { return [] }
      stage = .finished
      return [.finish(status: Self.killedStatus)]
    case .finished:
      return []
    }
  }

  /// Ctrl-C or SIGTERM; the second one that insists kills.
  public mutating func endRequested(insisting: Bool, now: Int64) -> [SupervisionEffect] {
    if insisting { endRequests += 1 }
    switch stage {
    case .waitingForFirst, .running:
      return [.announce(.ending)] + endNext(after: -1, now: now)
    case .ending where insisting && endRequests > 1:
      stage = .killing
      return [.announce(.killingAll)] + endingOrder.filter(alive.contains).map { .kill(part: $0) }
    case .ending, .killing, .finished:
      return []
    }
  }

  public mutating func timePassed(now: Int64) -> [SupervisionEffect] {
    switch stage {
    case .waitingForFirst(let deadline) where now >= deadline:
      return [.announce(.notReadyInTime(part: 0))] + startOthers()
    case .ending(let position, let deadline?) where now >= deadline:
      let part = endingOrder[position]
      stage = .ending(position: position, deadline: nil)
      status = status == 0 ? 1 : status
      return [.announce(.killedAfterWaiting(part: part)), .kill(part: part)]
    default:
      return []
    }
  }

  private mutating func startOthers() -> [SupervisionEffect] {
    stage = .running
    let others = endingOrder.filter { $0 != 0 }.sorted()
    alive.formUnion(others)
    return others.map { .start(part: $0) }
  }

  private mutating func endNext(after position: Int, now: Int64) -> [SupervisionEffect] {
    var next = position + 1
    while next < endingOrder.count, !alive.contains(endingOrder[next]) { next += 1 }
    guard next < endingOrder.count else {
      stage = .finished
      return [.finish(status: status)]
    }
    stage = .ending(position: next, deadline: now &+ Self.endingLimit)
    return [.terminate(part: endingOrder[next])]
  }
}
