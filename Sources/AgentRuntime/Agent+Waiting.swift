import Base
import Daemon
import Glibc

extension Agent {
  /// Sleeps until something happens or something is due.
  func wait() {
    let now = systemClock()
    if now.monotonic >= blockedUntil { blocked.removeAll() }
    // Changes gather for a moment, so that a busy writer does not wake the agent for each line.
    let rest = lastLook &+ Self.restInterval &- now.monotonic
    if lastLook > 0, rest > 0, poll([inbox.wakeup.descriptor], nanoseconds: rest) { return noteWakeup() }
    var descriptors = [inbox.wakeup.descriptor, watcher.descriptor]
    for (number, runner) in runners.enumerated() where !blocked.contains(number) {
      if let descriptor = runner.descriptor { descriptors.append(descriptor) }
    }
    let deadline = nextDeadline(now)
    if poll(descriptors, nanoseconds: max(0, deadline &- systemClock().monotonic)) { noteWakeup() }
    lastLook = systemClock().monotonic
  }

  private func noteWakeup() {
    inbox.wakeup.clear()
    blocked.removeAll()
  }

  /// The monotonic time at which something is due.
  private func nextDeadline(_ now: Moment) -> Int64 {
    var deadline = now.deadline(afterMilliseconds: 3_600_000)
    for (_, runner) in fileRunners { deadline = min(deadline, runner.nextScan) }
    for (number, runner) in runners.enumerated() where !blocked.contains(number) {
      deadline = min(deadline, runner.nextDeadline ?? .max)
    }
    if !blocked.isEmpty { deadline = min(deadline, blockedUntil) }
    if notifier.watchdogInterval != nil { deadline = min(deadline, nextKeepAlive) }
    if runners.contains(where: \.hasMoved) { deadline = min(deadline, nextStore) }
    // Acknowledgements do not wake the agent; it looks whether there are any.
    if runners.contains(where: \.hasOutstanding) {
      deadline = min(deadline, now.deadline(afterMilliseconds: lookInterval))
    }
    return deadline
  }

  /// Waits until one of the descriptors is readable; returns whether the first is.
  private func poll(_ descriptors: [Int32], nanoseconds: Int64) -> Bool {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // Rounded up, so that what is due is due afterwards.
    let milliseconds = Int32(clamping: (nanoseconds &+ 999_999) / 1_000_000)
    let count = Glibc.poll(&entries, nfds_t(entries.count), milliseconds)
    return count > 0 && entries[0].revents != 0
  }

  /// Ends in order: reads no more, lets the producer send what it has, waits for what is acknowledged, stores positions.
  func end() -> ExitStatus {
    notifier.stopping("waiting for acknowledgements")
    let start = systemClock()
    let timeout = configuration.stopTimeout
    log.info("stopping", ["outstanding": outstanding])
    producer.close(timeoutMilliseconds: timeout) { [inbox] in inbox.noteClosed() }
    // The producer keeps its time itself; this is for one that does not.
    let deadline = start.deadline(afterMilliseconds: timeout + 2000)
    while !inbox.isClosed, !inbox.isImpatient, systemClock().monotonic < deadline {
      if notifier.watchdogInterval != nil { notifier.keepAlive() }
      _ = poll([inbox.wakeup.descriptor], nanoseconds: 1_000_000_000)
      inbox.wakeup.clear()
    }
    settle()
    for runner in runners { runner.logEvents() }
    let isStored = storePositions()
    positionFile.close()
    if outstanding > 0 {
      log.warning(
        "some records were not acknowledged in time; they are sent again at the next start", ["records": outstanding])
    }
    log.notice("stopped", ["sent": sink.sentCount, "bytes": sink.sentBytes])
    return isStored ? .success : .inputOutput
  }

  private var outstanding: Int { runners.reduce(0) { $0 + $1.outstanding } }
}
