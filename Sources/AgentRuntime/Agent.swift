import AgentCore
import Base
import Daemon
import Glibc

/// Reads sources and sends what they hold until it is told to stop. All of it happens on the thread that calls `run`.
package final class Agent<Files: FileSystem> {
  /// Nanoseconds between two stores of all positions, which are synced.
  static var storeInterval: Int64 { 1_000_000_000 }
  /// Nanoseconds in which changes gather before they are looked at: a busy writer wakes the agent fifty times a second.
  static var restInterval: Int64 { 20_000_000 }

  /// Milliseconds between two looks for acknowledgements: soon after something was sent or settled, later when nothing
  /// comes.
  static var shortestLook: Int64 { 20 }
  static var longestLook: Int64 { 500 }

  let configuration: AgentConfiguration
  let log: Log
  let notifier: SystemdNotifier
  let inbox: DeliveryInbox
  let producer: any RecordProducer
  let watcher: ChangeWatcher
  var positionFile: PositionFile<Files>
  /// What is stored of sources that the configuration does not name (any more).
  private let stored: StoredPositions
  let fileRunners: [(number: Int, runner: FileSourceRunner<Files>)]
  /// All of them, by number.
  let runners: [any SourceRunner]
  var sink: ProducerSink
  var nextStore = Int64.min
  var nextKeepAlive = Int64.min
  var lastLook = Int64.min
  /// Milliseconds until the agent looks for acknowledgements again, while any is outstanding.
  var lookInterval = Agent.shortestLook
  /// Sources for which the producer had no room, until it says that it has, or until `blockedUntil`.
  var blocked: Set<Int> = []
  var blockedUntil = Int64.min
  /// How often it has woken.
  package private(set) var rounds = 0

  /// The state directory exists and is locked.
  package init(
    _ configuration: AgentConfiguration, files: Files, inbox: DeliveryInbox, producer: any RecordProducer, log: Log,
    notifier: SystemdNotifier
  ) throws(AgentError) {
    self.configuration = configuration
    self.log = log
    self.notifier = notifier
    self.inbox = inbox
    self.producer = producer
    watcher = try ChangeWatcher(log: log)
    positionFile = PositionFile(files, directory: configuration.stateDirectory)
    stored = try positionFile.load()
    var fileRunners: [(number: Int, runner: FileSourceRunner<Files>)] = []
    var runners: [any SourceRunner] = []
    for (number, source) in configuration.sources.enumerated() {
      switch source {
      case .file(let settings):
        let runner = FileSourceRunner(
          files, settings, number: number, stored: stored.files[settings.name],
          scanInterval: configuration.scanInterval, watcher: watcher, log: log)
        fileRunners.append((number, runner))
        runners.append(runner)
      case .journald(let settings):
        runners.append(
          JournalSourceRunner(settings, number: number, stored: stored.cursors[settings.name], log: log))
      }
    }
    self.fileRunners = fileRunners
    self.runners = runners
    sink = ProducerSink(producer)
  }

  /// Runs until `stop` was called on the inbox.
  package func run() -> ExitStatus {
    var isReady = false
    while !inbox.isStopping {
      rounds += 1
      let now = systemClock()
      let sentBefore = sink.sentCount
      let settled = settle()
      if settled { addMoved() }
      noteChanges(now)
      let hasMore = pass(now)
      keepHouse(systemClock())
      if !isReady {
        isReady = true
        notifier.ready("following \(configuration.sources.count) sources")
      }
      lookInterval =
        settled || sink.sentCount != sentBefore ? Self.shortestLook : min(2 * lookInterval, Self.longestLook)
      if !hasMore { wait() }
    }
    return end()
  }

  /// Returns whether there was anything to settle.
  @discardableResult
  func settle() -> Bool {
    let settlements = inbox.takeSettlements()
    for settlement in settlements where runners.indices.contains(settlement.token.source) {
      runners[settlement.token.source].settle(settlement.token, count: settlement.count, settlement.outcome)
    }
    return !settlements.isEmpty
  }

  /// Writes what acknowledgements moved where a crash of this process finds it. Once a second all of it is stored for good.
  private func addMoved() {
    guard var recent = positionFile.recent else { return }
    for runner in runners { runner.addMoved(to: &recent) }
    do throws(FileError) {
      try positionFile.add(recent)
    } catch {
      log.limited("positions", everySeconds: 60)?.warning(
        "cannot write what moved between two stores", ["reason": error])
    }
  }

  private func noteChanges(_ now: Moment) {
    let changes = watcher.read()
    for target in changes.files {
      for (number, runner) in fileRunners where number == target.source { runner.noteChange(target.file) }
      // A source may have room for some of its topics.
      if !sink.isFull { blocked.remove(target.source) }
    }
    var scanned = false
    for (_, runner) in fileRunners {
      if changes.names { runner.noteNames(now) }
      if runner.scan(now) { scanned = true }
    }
    guard scanned else { return }
    if watcher.watch(directories: fileRunners.reduce(into: []) { $0.formUnion($1.runner.directories) }) {
      for (_, runner) in fileRunners { runner.noteNames(now) }
    }
  }

  /// Gives each source its turns while there is something to send, for a moment. Returns whether there is more.
  private func pass(_ start: Moment) -> Bool {
    var now = start
    while now.monotonic &- start.monotonic < Self.restInterval {
      var hasMore = false
      for (number, runner) in runners.enumerated() where !blocked.contains(number) {
        switch runner.pass(now, into: &sink) {
        case .nothing: break
        case .more: hasMore = true
        case .full:
          blocked.insert(number)
          blockedUntil = now.deadline(afterMilliseconds: 1000)
        }
      }
      if !hasMore || inbox.isStopping { return false }
      now = systemClock()
    }
    return true
  }

  /// What is done now and then.
  private func keepHouse(_ now: Moment) {
    for runner in runners { runner.logEvents() }
    if let interval = notifier.watchdogInterval, now.monotonic >= nextKeepAlive {
      notifier.keepAlive()
      nextKeepAlive = now.deadline(afterMilliseconds: max(1, interval / 3))
    }
    if runners.contains(where: \.hasMoved), now.monotonic >= nextStore {
      nextStore = now.monotonic &+ Self.storeInterval
      storePositions()
    }
  }

  /// Returns whether they are stored.
  @discardableResult
  func storePositions() -> Bool {
    var positions = stored
    for runner in runners { runner.addPositions(to: &positions) }
    do throws(FileError) {
      try positionFile.store(positions)
    } catch {
      log.limited("positions", everySeconds: 60)?.error(
        "cannot store positions; after a crash lines since the last ones are sent again", ["reason": error])
      return false
    }
    for runner in runners { runner.hasMoved = false }
    return true
  }
}
