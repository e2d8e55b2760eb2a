import AgentCore
import Base
import Daemon
import Journal

/// A journal source with its log.
final class JournalSourceRunner: SourceRunner {
  private let source: JournalSource
  private let settings: JournalSourceSettings
  private let log: Log
  /// Nothing is sent before this time; nil: no pause.
  private var pausedUntil: Int64?
  private var refusedCount = 0
  /// What `addMoved` added last.
  private var addedCursor: String?

  init(_ settings: JournalSourceSettings, number: Int, stored: String??, log: Log) {
    source = JournalSource(settings, number: UInt32(number), stored: stored)
    self.settings = settings
    self.log = log.with(["source": settings.name])
  }

  func pass(_ now: Moment, into sink: inout ProducerSink) -> SourceTurn {
    if let pausedUntil, now.monotonic < pausedUntil { return .nothing }
    pausedUntil = nil
    return source.turn(now, into: &sink)
  }

  func settle(_ token: DeliveryToken, count: Int, _ outcome: DeliveryOutcome) {
    source.settle(token, count: count, outcome)
    if case .failed = outcome { pausedUntil = systemClock().deadline(afterMilliseconds: Self.repeatInterval) }
  }

  func addPositions(to positions: inout StoredPositions) {
    positions.cursors[settings.name] = .some(source.storedCursor)
  }

  func addMoved(to recent: inout RecentPositions) {
    guard source.hasMoved, source.storedCursor != addedCursor else { return }
    addedCursor = source.storedCursor
    recent.append(cursor: addedCursor, of: settings.name)
  }

  var hasOutstanding: Bool { source.hasOutstanding }
  var outstanding: Int { source.outstanding }
  /// Nothing wakes it during a pause.
  var descriptor: Int32? { pausedUntil == nil ? source.descriptor : nil }
  var nextDeadline: Int64? { pausedUntil ?? source.nextDeadline }

  var hasMoved: Bool {
    get { source.hasMoved }
    set { source.hasMoved = newValue }
  }

  func logEvents() {
    for event in source.events { log(event) }
    source.events.removeAll()
  }

  private func log(_ event: JournalSourceEvent) {
    switch event {
    case .opened(let cursor): log.info("reading a journal", ["from": cursor ?? "its beginning"])
    case .entryGone(let cursor):
      log.warning(
        "the journal's entry that was read last is gone; going on at the next one there is", ["cursor": cursor])
    case .noFiles:
      log.warning("there is no journal that may be read here; the group systemd-journal may read the system's")
    case .failed(let error): log.error("\(error); trying again every 10 seconds")
    case .cut(let cursor):
      log.limited("cut", everySeconds: 60)?.warning(
        "an entry is larger than a record may be; its largest fields are left out",
        ["cursor": cursor, "limit": settings.entryLimit])
    case .refused(let from, let to, let count, let reason):
      refusedCount += count
      log.limited("refused", everySeconds: 10)?.error(
        "the broker refuses entries for good; they are stepped over",
        [
          "from": from ?? "the beginning", "to": to ?? "", "entries": count, "all_refused": refusedCount,
          "reason": reason,
        ])
    case .repeated(let cursor, let reason):
      log.limited("repeated", everySeconds: 10)?.warning(
        "entries were not delivered and are sent again", ["behind": cursor ?? "the beginning", "reason": reason])
    }
  }
}
