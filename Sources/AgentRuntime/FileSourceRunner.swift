import AgentCore
import Base
import Daemon

/// A file source with its scans and watches.
final class FileSourceRunner<Files: FileSystem>: SourceRunner {
  private var source: FileSource<Files>
  private let settings: FileSourceSettings
  private let number: Int
  private let watcher: ChangeWatcher
  private let scanInterval: Int64
  private let log: Log
  private(set) var nextScan = Int64.min
  /// Whether the files there were at the start were told, as a number.
  private var hasTold = false
  /// Nothing is sent before this time; nil: no pause.
  private var pausedUntil: Int64?
  private var refusedCount = 0

  /// Nanoseconds between two scans at least.
  private static var scanPause: Int64 { 100_000_000 }

  init(
    _ files: Files, _ settings: FileSourceSettings, number: Int, stored: [StoredFilePosition]?, scanInterval: Int64,
    watcher: ChangeWatcher, log: Log
  ) {
    source = FileSource(files, settings, number: UInt32(number), stored: stored)
    self.settings = settings
    self.number = number
    self.watcher = watcher
    self.scanInterval = scanInterval
    self.log = log.with(["source": settings.name])
  }

  /// The directories whose names it wants to hear of.
  var directories: Set<String> { source.directories }

  /// Looks for new, renamed and changed files, if it is time to.
  func scan(_ now: Moment) -> Bool {
    guard now.monotonic >= nextScan else { return false }
    source.scan(now)
    for id in watcher.watch(source: number, files: source.followed) { source.noteChange(id) }
    nextScan = now.deadline(afterMilliseconds: watcher.isIncomplete ? min(1000, scanInterval) : scanInterval)
    return true
  }

  /// Some name changed: scans soon.
  func noteNames(_ now: Moment) { nextScan = min(nextScan, now.monotonic &+ Self.scanPause) }

  func noteChange(_ file: UInt32) { source.noteChange(file) }

  func pass(_ now: Moment, into sink: inout ProducerSink) -> SourceTurn {
    if let pausedUntil, now.monotonic < pausedUntil { return .nothing }
    pausedUntil = nil
    source.noteTime(now)
    var outcome = SourceTurn.nothing
    for _ in 0..<min(Self.passLength, source.readyCount) {
      switch source.turn(now, into: &sink) {
      case .nothing: return outcome
      case .more: outcome = .more
      case .full:
        if sink.isFull { return .full }
        // Another file may have another topic.
        if outcome == .nothing { outcome = .full }
      }
    }
    return outcome
  }

  func settle(_ token: DeliveryToken, count: Int, _ outcome: DeliveryOutcome) {
    source.settle(token, count: count, outcome)
    if case .failed = outcome { pausedUntil = systemClock().deadline(afterMilliseconds: Self.repeatInterval) }
  }

  func addPositions(to positions: inout StoredPositions) { positions.files[settings.name] = source.storedPositions }

  func addMoved(to recent: inout RecentPositions) {
    for entry in source.takeMoved() { recent.append(entry, of: settings.name) }
  }

  var hasOutstanding: Bool { source.hasOutstanding }
  var outstanding: Int { source.outstanding }
  var descriptor: Int32? { nil }

  var hasMoved: Bool {
    get { source.hasMoved }
    set { source.hasMoved = newValue }
  }

  var nextDeadline: Int64? { min(nextScan, pausedUntil ?? source.nextDeadline ?? .max) }

  func logEvents() {
    for event in source.events { log(event) }
    source.events.removeAll()
    if !hasTold {
      hasTold = true
      log.info("following files", ["files": source.followed.count])
    }
  }

  private func log(_ event: FileSourceEvent) {
    switch event {
    case .found(let path, let offset):
      if hasTold {
        log.info("following a new file", ["path": path, "offset": offset])
      } else {
        log.debug("following a file", ["path": path, "offset": offset])
      }
    case .rotated(let path): log.info("a file lost its name; reading it to its end", ["path": path])
    case .truncated(let path, 0): log.info("a file was emptied; reading it from its beginning", ["path": path])
    case .truncated(let path, let unread):
      log.error("a file was emptied before all of it was read", ["path": path, "bytes_lost": unread])
    case .copied(let path, let copy):
      log.info("a file was emptied after it was copied; reading the rest from the copy", ["path": path, "copy": copy])
    case .vanished(let path, let offset):
      log.notice(
        "a file is gone that was known; had it anything behind the offset, that was not read",
        ["path": path, "offset": offset])
    case .replaced(let path): log.info("a file took the place of another one", ["path": path])
    case .unreadable(let error):
      log.warning("\(error); it is tried again at every scan", ["path": error.path])
    case .readable(let path): log.info("a file can be read again", ["path": path])
    case .longLine(let path, let offset):
      log.limited("long-line", everySeconds: 60)?.warning(
        "a line is longer than a record may be and is sent in parts",
        ["path": path, "offset": offset, "limit": settings.lineLimit])
    case .refused(let path, let from, let to, let count, let reason):
      refusedCount += count
      log.limited("refused", everySeconds: 10)?.error(
        "the broker refuses records for good; they are stepped over",
        ["path": path, "from": from, "to": to, "records": count, "all_refused": refusedCount, "reason": reason])
    case .repeated(let path, let offset, let reason):
      log.limited("repeated", everySeconds: 10)?.warning(
        "records were not delivered and are sent again", ["path": path, "offset": offset, "reason": reason])
    case .lost(let path, let count, let reason):
      log.error(
        "records were not delivered, and their file holds them no longer",
        ["path": path, "records": count, "reason": reason])
    case .tooManyFiles(let limit):
      log.limited("too-many", everySeconds: 600)?.error("more files match than are followed", ["limit": limit])
    }
  }
}
