import Base
import ClientCore
import ClientRuntime
import Daemon
import DiskIO
import NIOCore
import Records
import SinkCore

/// Takes records from a consumer into an output, flushes, and commits. All of it happens on one thread, which may wait
/// for disks; what comes from the consumer's side in between (partitions that come and go) finds a consistent output.
package actor SinkWorker<Output: SinkOutput> {
  /// Tries to flush before partitions are given up without it.
  static var revocationTries: Int { 3 }

  private let eventLoop: any EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  var output: Output
  var consumer: (any SinkConsumer)?
  let options: WorkerOptions
  let log: Log
  let stopFlag: StopFlag
  private let notifier: SystemdNotifier
  private let decoder = RecordBatchDecoder()

  /// When what was taken must be flushed, by the monotonic clock; nil while nothing is pending.
  private var flushDeadline: Int64?
  private var nextKeepAlive = Int64.min
  private var nextStatus = Int64.min
  private var recordCount = 0
  var partitions: Set<TopicPartition> = []
  var commitInFlight: Task<Void, Never>?
  /// When a commit that failed is tried again, by the monotonic clock.
  var commitRetry: Int64?
  /// Why the worker cannot go on.
  var failure: FileError?

  /// - Parameter eventLoop: this worker's own.
  package init(
    output: Output, options: WorkerOptions, eventLoop: any EventLoop, stopFlag: StopFlag, log: Log,
    notifier: SystemdNotifier
  ) {
    self.output = output
    self.options = options
    self.eventLoop = eventLoop
    self.stopFlag = stopFlag
    self.log = log
    self.notifier = notifier
  }

  /// Runs until the consumer is closed. Throws what no retry helps against.
  ///
  /// - Parameter join: makes the consumer, which tells this worker of its partitions. No call of it comes through
  ///   before the consumer is known here.
  package func run(_ join: @Sendable (any RebalanceListener) -> any SinkConsumer) async throws(ClientError) {
    logNotices()
    let consumer = join(self)
    self.consumer = consumer
    while failure == nil {
      guard let event = try await consumer.next(waitingAtMost: waitMilliseconds()) else { break }
      switch event {
      case .records(let run): await take(run)
      case .offsetsLost(let lost): await relocate(lost)
      case .idle: break
      }
      keepHouse()
      if isFlushDue { await flushAndCommit() }
      if commitRetry.map({ systemClock().monotonic >= $0 }) ?? false { beginCommit() }
    }
  }

  /// After the consumer was closed: what is left to store.
  package func finish() -> Bool {
    do throws(FileError) {
      try output.close()
    } catch {
      log.error("cannot store the checkpoint", ["reason": error])
      return false
    }
    return failure == nil
  }

  /// Ends `run` in order: partitions are given up, and the group is left.
  package func stop() async {
    stopFlag.set()
    await consumer?.close()
  }

  // MARK: taking

  private struct NoRoom: Error {
    var offset: Int64
  }

  private func take(_ fetched: FetchedRecords) async {
    var run = fetched
    let partition = run.partition
    while failure == nil, !stopFlag.isSet {
      // What was fetched before the partition moved on, or away, comes again from where it is wanted.
      let position = output.position(of: partition)
      guard position == run.firstOffset else {
        if let position { consumer?.seek(partition, to: position) }
        return
      }
      do throws(NoRoom) {
        try append(run)
        output.skip(partition, from: run.firstOffset, to: run.nextOffset)
        noteTaken()
        return
      } catch {
        output.skip(partition, from: run.firstOffset, to: error.offset)
        run.firstOffset = error.offset
        noteTaken()
        await flushAndCommit()
      }
    }
  }

  private func append(_ run: FetchedRecords) throws(NoRoom) {
    var taken = 0
    defer { recordCount += taken }
    try run.forEach(
      with: decoder,
      damaged: { error in
        log.limited("damaged", everySeconds: 10)?.error(
          "records cannot be read and are passed over", ["partition": run.partition, "reason": error])
      },
      { record throws(NoRoom) in
        if output.append(record, of: run.partition) == .full { throw NoRoom(offset: record.offset) }
        taken += 1
      })
  }

  private func relocate(_ lost: LostOffsets) async {
    log.warning("records are missing: \(lost)")
    if output.hasPending { await flushAndCommit() }
    // What is pending then is given up with the partition, at the end that has come.
    guard !output.hasPending, output.position(of: lost.partition) == lost.wanted else { return }
    output.relocate(lost.partition, to: lost.continued)
  }

  // MARK: flushing

  private func noteTaken() {
    guard flushDeadline == nil, output.hasPending else { return }
    flushDeadline = systemClock().deadline(afterMilliseconds: options.flushInterval)
  }

  private var isFlushDue: Bool { flushDeadline.map { systemClock().monotonic >= $0 } ?? false }

  /// Flushes, for as long as it takes, and begins to commit.
  func flushAndCommit() async {
    while !flush(), failure == nil, output.hasPending {
      do {
        try await Task.sleep(for: .milliseconds(options.retryInterval))
      } catch {
        return
      }
      keepHouse()
      // Then `revoked` decides.
      if stopFlag.isSet { return }
    }
    beginCommit()
  }

  /// Whether nothing is pending any more.
  func flush() -> Bool {
    defer { logNotices() }
    do throws(FileError) {
      try output.flush()
      flushDeadline = nil
      return true
    } catch {
      if error.isReaderGone {
        log.error("cannot go on", ["reason": error])
        failure = error
      } else {
        log.limited("flush", everySeconds: 30)?.error(
          "cannot write; reading waits until it can be done, nothing is lost\(Self.remedy(error))", ["reason": error])
        notifier.status("waiting: \(error)")
      }
      return false
    }
  }

  /// What to do about an error whose own words do not lead there.
  private static func remedy(_ error: FileError) -> String {
    if error.isLocked { return "; give each sink a path of its own" }
    return error.isReadOnly ? "; a unit of systemd may write where ReadWritePaths= says" : ""
  }

  /// Gives up what is pending; what remains to this worker is read again.
  func discard(givingUp released: [TopicPartition]) {
    flushDeadline = nil
    for (partition, offset) in output.discard() where !released.contains(partition) {
      consumer?.seek(partition, to: offset)
    }
  }

  // MARK: the rest

  /// How long to wait for records at most.
  private func waitMilliseconds() -> Int64 {
    var wait = min(notifier.watchdogInterval.map { max(1, $0 / 3) } ?? 10_000, 10_000)
    // The commit under way may fail.
    if commitInFlight != nil { wait = min(wait, options.retryInterval) }
    let now = systemClock().monotonic
    for deadline in [flushDeadline, commitRetry] {
      if let deadline { wait = min(wait, max(0, (deadline - now) / 1_000_000) + 1) }
    }
    return wait
  }

  private func keepHouse() {
    let now = systemClock()
    if let interval = notifier.watchdogInterval, now.monotonic >= nextKeepAlive {
      notifier.keepAlive()
      nextKeepAlive = now.deadline(afterMilliseconds: max(1, interval / 3))
    }
    if now.monotonic >= nextStatus {
      notifier.status("\(recordCount) records taken since the start, \(partitions.count) partitions")
      nextStatus = now.deadline(afterMilliseconds: 10_000)
    }
  }

  func logNotices() {
    for notice in output.takeNotices() {
      if notice.isWarning { log.warning(notice.description) } else { log.notice(notice.description) }
    }
  }
}
