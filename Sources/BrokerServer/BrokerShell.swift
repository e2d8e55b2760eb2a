import Base
import BrokerCore
import Daemon
import DiskIO
import Synchronization

typealias Effect = BrokerEffect<RealFileSystem>

/// What all event loops of a broker share: threads that wait for disks, and the way from anywhere to a loop.
final class BrokerShell: Sendable {
  let broker: Broker<RealFileSystem>
  let log: Log
  let settings: BrokerSettings
  // Threads of their own for each, so that nothing that takes long delays what others wait for.
  private let syncThreads: DiskThreads
  private let readThreads: DiskThreads
  private let administrationThread: DiskThreads
  private let backgroundThreads: DiskThreads
  private let loopList = Mutex<[LoopShell]>([])
  let budget: ConnectionBudget
  private let toldCounters = Mutex(ConnectionCounters())

  init(broker: Broker<RealFileSystem>, log: Log) {
    self.broker = broker
    self.log = log
    settings = broker.settings
    budget = ConnectionBudget(settings, connectionLimit: Self.connectionLimit(settings, log))
    syncThreads = DiskThreads(count: Int(settings.diskThreadCount))
    readThreads = DiskThreads(count: 2)
    administrationThread = DiskThreads(count: 1)
    backgroundThreads = DiskThreads(count: 2)
  }

  var loops: [LoopShell] { loopList.withLock { $0 } }

  func start(_ loops: [LoopShell]) {
    loopList.withLock { $0 = loops }
  }

  /// Connections leave half of the files that the process may open to the logs; without those no request is of use.
  private static func connectionLimit(_ settings: BrokerSettings, _ log: Log) -> Int {
    let wanted = Int(clamping: settings.connectionLimit)
    let possible = max(openFileLimit() / 2, 16)
    if possible < wanted {
      log.notice(
        "fewer connections than max.connections are taken: the limit of open files allows no more",
        ["connections": possible, "max.connections": wanted, "open_files": openFileLimit()])
    }
    return min(wanted, possible)
  }

  /// Has the other loops end the connection that has held memory for longest, unless that is not needed any more.
  func shed(_ holding: ConnectionBudget.Holding, after loop: LoopShell) {
    for other in loops where other !== loop {
      other.eventLoop.execute { if self.budget.isExceeded(holding) { other.shed(holding) } }
    }
  }

  /// Says in the log what became of connections, when some of them met a limit since this was last said.
  func tellCounters() {
    let counters = budget.counters
    let last = toldCounters.withLock { told in
      defer { told = counters }
      return told
    }
    guard counters.hasTrouble(since: last) else { return }
    log.info(
      "connections since the start",
      [
        "accepted": counters.accepted, "open": counters.open, "over_max.connections": counters.refusedByLimit,
        "over_max.connections.per.ip": counters.refusedByAddressLimit, "idle": counters.closedIdle,
        "malformed": counters.closedMalformed, "slow_requests": counters.closedSlowRequest,
        "slow_answers": counters.closedSlowAnswer, "turns_postponed": counters.postponedTurns,
      ])
  }

  func sync(_ partition: Partition<RealFileSystem>) {
    syncThreads.run { [self] in
      var effects: [Effect] = []
      partition.sync(effects: &effects)
      carryOut(effects)
    }
  }

  func work(_ request: RequestID, _ work: @escaping BlockingWork<RealFileSystem>) {
    run(request, work, on: readThreads)
  }

  func administer(_ request: RequestID, _ work: @escaping BlockingWork<RealFileSystem>) {
    run(request, work, on: administrationThread)
  }

  private func run(_ request: RequestID, _ work: @escaping BlockingWork<RealFileSystem>, on threads: DiskThreads) {
    threads.run { [self] in
      var effects: [Effect] = []
      let delivery = work(&effects)
      carryOut(effects)
      deliver(delivery, to: request)
    }
  }

  func read(_ work: @escaping @Sendable () -> Void) {
    readThreads.run(work)
  }

  func background(_ work: @escaping @Sendable (inout [Effect]) -> Void) {
    backgroundThreads.run { [self] in
      var effects: [Effect] = []
      work(&effects)
      carryOut(effects)
    }
  }

  func deliver(_ delivery: Delivery<RealFileSystem>, to request: RequestID) {
    deliver([(request, delivery)])
  }

  /// Enters each loop once, however many of its requests are meant.
  private func deliver(_ deliveries: [(RequestID, Delivery<RealFileSystem>)]) {
    let loops = loops
    var batches: [Int: [(RequestID, Delivery<RealFileSystem>)]] = [:]
    for (request, delivery) in deliveries { batches[request.connection.loop, default: []].append((request, delivery)) }
    for (index, batch) in batches where loops.indices.contains(index) { loops[index].post(batch) }
  }

  func resume(_ shard: GroupShard<RealFileSystem>, loop: Int) {
    let loops = loops
    if loops.indices.contains(loop) { loops[loop].resume(shard) }
  }

  func note(_ key: String, _ message: String) {
    log.limited(key, everySeconds: 1)?.info(message)
  }

  func warn(_ key: String, _ message: String) {
    log.limited(key, everySeconds: 10)?.warning(message)
  }

  /// For effects that come about on a disk thread, where there is nobody to answer directly.
  func carryOut(_ effects: [Effect]) {
    var deliveries: [(RequestID, Delivery<RealFileSystem>)] = []
    for effect in effects {
      switch effect {
      case .deliver(let request, let delivery): deliveries.append((request, delivery))
      case .sync(let partition): sync(partition)
      case .work(let request, let work): self.work(request, work)
      case .administer(let request, let work): administer(request, work)
      case .background(let work): background(work)
      case .resumeGroups(let shard, let loop): resume(shard, loop: loop)
      case .refused(_, let reason): warn("refused", reason)
      case .notice(let key, let message): note(key, message)
      case .warning(let key, let message): warn(key, message)
      case .reply(let request, let reply): deliveries.append((request, .reply(reply)))
      case .close(let request, let reason): deliveries.append((request, .close(reason: reason)))
      case .noReply(let request):
        warn("effect", "request \(request.number) ended without an answer on a disk thread")
      }
    }
    if !deliveries.isEmpty { deliver(deliveries) }
  }

  /// Finishes what the threads have to do. Nothing can be synced or looked up afterwards.
  func stopThreads() {
    administrationThread.stop()
    readThreads.stop()
    backgroundThreads.stop()
    syncThreads.stop()
  }
}
