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
  private let connectionCount = Mutex(0)
  private let queuedByteCount = Mutex<Int64>(0)

  init(broker: Broker<RealFileSystem>, log: Log) {
    self.broker = broker
    self.log = log
    settings = broker.settings
    syncThreads = DiskThreads(count: Int(settings.diskThreadCount))
    readThreads = DiskThreads(count: 2)
    administrationThread = DiskThreads(count: 1)
    backgroundThreads = DiskThreads(count: 2)
  }

  var loops: [LoopShell] { loopList.withLock { $0 } }

  func start(_ loops: [LoopShell]) {
    loopList.withLock { $0 = loops }
  }

  /// False when there are too many connections already.
  func admitConnection() -> Bool {
    connectionCount.withLock { count in
      guard count < Int(settings.connectionLimit) else { return false }
      count += 1
      return true
    }
  }

  func endConnection() {
    connectionCount.withLock { $0 -= 1 }
  }

  /// Notes that so many bytes more, or fewer, wait for the rest of their requests; false when they are too many.
  func adjustQueuedBytes(by change: Int) -> Bool {
    queuedByteCount.withLock { count in
      count += Int64(change)
      return change <= 0 || count <= settings.queuedRequestByteLimit
    }
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
