import Base
import ClientCore
import Daemon
import Glibc
import NIOPosix
import Simulator
import SinkCore
import SinkRuntime

/// One sink process: a worker and its member, from start to end.
struct SinkLife<Output: SinkOutput> {
  let worker: SinkWorker<Output>
  let member: FakeMember
  let stopFlag: StopFlag
  private let running: Task<Bool, Never>
  private let loops: MultiThreadedEventLoopGroup

  init(_ output: Output, _ group: FakeGroup, flushInterval: Int64 = 5) async {
    loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    stopFlag = StopFlag()
    // What it says is not what these tests are about.
    let log = Log(descriptor: open("/dev/null", O_WRONLY | O_CLOEXEC), level: .error, style: .plain)
    let worker = SinkWorker(
      output: output, options: WorkerOptions(flushInterval: flushInterval, retryInterval: 20), eventLoop: loops.next(),
      stopFlag: stopFlag,
      log: log, notifier: SystemdNotifier(log: log))
    self.worker = worker
    let (members, continuation) = AsyncStream.makeStream(of: FakeMember.self)
    running = Task {
      do throws(ClientError) {
        try await worker.run { listener in
          let member = FakeMember(group, listener)
          continuation.yield(member)
          return member
        }
        return true
      } catch {
        return false
      }
    }
    var iterator = members.makeAsyncIterator()
    guard let member = await iterator.next() else { preconditionFailure("a worker makes its consumer") }
    self.member = member
  }

  /// Ends in order; whether all was stored.
  func stop() async throws -> Bool {
    await worker.stop()
    let ran = await running.value
    let stored = await worker.finish()
    try await loops.shutdownGracefully()
    return ran && stored
  }

  /// Waits until it ends by itself; whether it could store all.
  func ended() async throws -> Bool {
    _ = await running.value
    let stored = await worker.finish()
    try await loops.shutdownGracefully()
    return stored
  }

  /// Ends at once.
  func kill() async throws {
    member.die()
    // Else it waits for a disk that may have failed for good.
    stopFlag.set()
    _ = await running.value
    try await loops.shutdownGracefully()
  }
}
