import Base
import BrokerCore
import Daemon
import DiskIO
import NIOCore
import Synchronization

/// One event loop: the processor that runs its requests, and its connections. Everything but `post` happens on the
/// event loop, which is what makes this class safe to hand around.
final class LoopShell: @unchecked Sendable {
  let index: Int
  let eventLoop: any EventLoop
  let shell: BrokerShell
  let processor: RequestProcessor<RealFileSystem>

  private var connections: [ConnectionID: ConnectionHandler] = [:]
  private var nextConnection: UInt64 = 0
  /// Connections whose requests may go on.
  private var resumable: [ConnectionHandler] = []
  /// Connections with answers to flush.
  private var written: [ConnectionHandler] = []
  private var taken: [Effect] = []
  private var isSettling = false
  private var timer: (deadline: Int64, task: Scheduled<Void>)?
  private let inbox = Mutex<[(RequestID, Delivery<RealFileSystem>)]>([])

  init(index: Int, eventLoop: any EventLoop, shell: BrokerShell) {
    self.index = index
    self.eventLoop = eventLoop
    self.shell = shell
    processor = RequestProcessor(broker: shell.broker)
  }

  // MARK: - from anywhere

  /// Delivers to requests of this loop; wakes it once for all that come before it gets to them.
  func post(_ deliveries: [(RequestID, Delivery<RealFileSystem>)]) {
    let isFirst = inbox.withLock { inbox in
      inbox.append(contentsOf: deliveries)
      return inbox.count == deliveries.count
    }
    if isFirst { eventLoop.execute { self.emptyInbox() } }
  }

  /// Has the processor look again at what a coordinator of groups waits for.
  func resume(_ shard: GroupShard<RealFileSystem>) {
    eventLoop.execute {
      self.processor.resume(shard, now: systemClock())
      self.settle()
    }
  }

  // MARK: - on the loop

  private func emptyInbox() {
    let deliveries = inbox.withLock { inbox in
      defer { inbox = [] }
      return inbox
    }
    let now = systemClock()
    for (request, delivery) in deliveries { processor.deliver(delivery, to: request, now: now) }
    settle()
  }

  func add(_ connection: ConnectionHandler) -> ConnectionID {
    let id = ConnectionID(loop: index, number: nextConnection)
    nextConnection += 1
    connections[id] = connection
    return id
  }

  func remove(_ connection: ConnectionID) {
    connections[connection] = nil
  }

  var connectionCount: Int { connections.count }

  func mayResume(_ connection: ConnectionHandler) {
    resumable.append(connection)
  }

  func wrote(_ connection: ConnectionHandler) {
    written.append(connection)
  }

  /// Carries out all effects, those included that come about meanwhile, then flushes what was written.
  ///
  /// Writing may call back into the connection, which then calls this again; what it left is seen to here.
  func settle() {
    guard !isSettling else { return }
    isSettling = true
    while true {
      if !processor.effects.isEmpty {
        swap(&taken, &processor.effects)
        for effect in taken { carryOut(effect) }
        taken.removeAll(keepingCapacity: true)
      } else if let connection = resumable.popLast() {
        connection.proceed()
      } else if let connection = written.popLast() {
        connection.flush()
      } else {
        break
      }
    }
    isSettling = false
    setTimer()
  }

  private func carryOut(_ effect: Effect) {
    switch effect {
    case .reply(let request, let reply): connections[request.connection]?.complete(request.number, .reply(reply))
    case .noReply(let request): connections[request.connection]?.complete(request.number, .nothing)
    case .close(let request, let reason):
      connections[request.connection]?.complete(request.number, .close(kind: "request", reason: reason))
    case .refused(let request, let reason): connections[request.connection]?.tellRefusal(reason)
    case .sync(let partition): shell.sync(partition)
    case .work(let request, let work): shell.work(request, work)
    case .administer(let request, let work): shell.administer(request, work)
    case .background(let work): shell.background(work)
    case .deliver(let request, let delivery):
      if request.connection.loop == index {
        processor.deliver(delivery, to: request, now: systemClock())
      } else {
        shell.deliver(delivery, to: request)
      }
    case .resumeGroups(let shard, let loop):
      if loop == index {
        processor.resume(shard, now: systemClock())
      } else {
        shell.resume(shard, loop: loop)
      }
    case .notice(let key, let message): shell.note(key, message)
    case .warning(let key, let message): shell.warn(key, message)
    }
  }

  /// Has `expire` called when the first waiting request is due.
  private func setTimer() {
    guard let deadline = processor.nextDeadline, deadline < timer?.deadline ?? .max else { return }
    timer?.task.cancel()
    let time = NIODeadline.uptimeNanoseconds(UInt64(max(deadline, 0)))
    timer = (
      deadline,
      eventLoop.scheduleTask(deadline: time) {
        self.timer = nil
        self.processor.expire(now: systemClock())
        self.settle()
      }
    )
  }

  /// Closes connections that have been still for too long.
  func closeIdle(now: Moment) {
    for connection in connections.values { connection.closeIfIdle(now: now) }
  }

  /// Lets every connection finish what it has begun and then ends it.
  func beginStop() {
    for connection in connections.values { connection.beginStop() }
    processor.answerFetches(now: systemClock())
    processor.refuseGroupWaiters(now: systemClock())
    settle()
  }
}
