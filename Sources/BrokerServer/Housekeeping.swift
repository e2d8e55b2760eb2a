import Base
import BrokerCore
import Daemon
import DiskIO
import NIOCore
import Synchronization

/// What is done from time to time: retention, checkpoints, closing idle connections.
final class Housekeeping: Sendable {
  private let shell: BrokerShell
  private let loops: [LoopShell]
  private let tasks = Mutex<[RepeatedTask]>([])

  init(shell: BrokerShell, loops: [LoopShell]) {
    self.shell = shell
    self.loops = loops
  }

  func start() {
    let settings = shell.settings
    every(settings.retentionCheckMilliseconds) { broker, effects in
      broker.applyRetention(now: systemClock(), effects: &effects)
    }
    every(settings.compactionCheckMilliseconds) { broker, effects in
      broker.compact(now: systemClock(), effects: &effects)
    }
    every(settings.diskCheckMilliseconds) { broker, effects in
      broker.checkStorage(now: systemClock(), effects: &effects)
    }
    every(settings.flushCheckMilliseconds) { broker, effects in
      broker.syncWhatIsDue(now: systemClock(), effects: &effects)
    }
    every(settings.checkpointMilliseconds) { broker, effects in
      broker.checkpoint(now: systemClock(), effects: &effects)
    }
    let interval = min(max(settings.connectionIdleMilliseconds / 4, 100), 30_000)
    for loop in loops {
      let task = loop.eventLoop.scheduleRepeatedTask(
        initialDelay: .milliseconds(interval), delay: .milliseconds(interval)
      ) { _ in
        loop.closeIdle(now: systemClock())
      }
      tasks.withLock { $0.append(task) }
    }
  }

  func stop() {
    for task in tasks.withLock({ $0 }) { task.cancel() }
  }

  /// Runs on a disk thread; a turn that comes while the last one is not done is left out.
  private func every(
    _ milliseconds: Int64, _ work: @escaping @Sendable (Broker<RealFileSystem>, inout [Effect]) -> Void
  ) {
    guard let loop = loops.first else { return }
    let state = RunState()
    let shell = shell
    let task = loop.eventLoop.scheduleRepeatedTask(
      initialDelay: .milliseconds(milliseconds), delay: .milliseconds(milliseconds)
    ) { _ in
      guard state.begin() else { return }
      shell.background { effects in
        work(shell.broker, &effects)
        state.end()
      }
    }
    tasks.withLock { $0.append(task) }
  }
}

private final class RunState: Sendable {
  private let isRunning = Mutex(false)

  func begin() -> Bool {
    isRunning.withLock { isRunning in
      if isRunning { return false }
      isRunning = true
      return true
    }
  }

  func end() {
    isRunning.withLock { $0 = false }
  }
}
