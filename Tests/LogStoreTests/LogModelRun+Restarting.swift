import Base
import LogStore
import Simulator

extension LogModelRun {
  /// Ends the log in one of three ways, opens it again, and compares.
  mutating func restart() throws {
    files.setCold(false)
    let isRunning = test.log.failure == nil && !files.isStopped
    if isRunning, chance(3), try closes() {
      try reopen(clean: true)
      try check(test.log.recovery.isClean, "a clean log was mended: \(test.log.recovery)")
      try check(test.log.durableEndOffset == model.end, "\(test.log.durableEndOffset) is durable")
      try compare(from: model.start, to: model.end)
    } else if chance(2) {
      counts.count("kill")
      trail.append("kill")
      files.kill()
      try reopen(clean: false, pagesSurvived: true)
      try compareAfterFailure(atLeast: isTruncating ? 0 : model.end)
    } else {
      counts.count("crash")
      trail.append("crash")
      files.crash(&random)
      let before = model.end
      try reopen(clean: false)
      try compareAfterFailure(atLeast: isTruncating ? 0 : model.durableEnd)
      if model.end < before { counts.count("loss") }
    }
    model.inDoubt = []
    attemptedStart = model.start
    isTruncating = false
  }

  /// False when the power went while it closed.
  private mutating func closes() throws -> Bool {
    trail.append("close")
    do throws(LogError) {
      try test.log.close()
      checkpointed = (test.log.recoveryPoint, test.log.logStartOffset)
      model.durableEnd = model.end
      counts.count("close")
      files.kill()
      return true
    } catch {
      guard files.isStopped else { throw error }
      return false
    }
  }

  private mutating func reopen(clean: Bool, pagesSurvived: Bool = false) throws {
    test = try TestLog(
      files: files, configuration: configuration, recoveryPoint: checkpointed.recoveryPoint,
      logStartOffset: checkpointed.start, clean: clean, pagesSurvived: pagesSurvived, now: test.now)
    if test.log.recovery.truncatedBytes > 0 { counts.count("cut") }
    // As the broker writes its checkpoints before anything is appended.
    checkpointed.recoveryPoint = min(checkpointed.recoveryPoint, test.log.recoveryPoint)
  }

  private mutating func compareAfterFailure(atLeast minimum: Int64) throws {
    let start = test.log.logStartOffset
    let end = test.log.logEndOffset
    try check(start >= checkpointed.start && start <= max(attemptedStart, model.start), "it starts at \(start)")
    if end > model.end {
      // An append that failed may have been whole all the same.
      let whole = model.inDoubt.prefix { $0.lastOffset < end }
      try check(whole.last.map { $0.lastOffset + 1 } == end, "it ends at \(end), behind \(model.end)")
      model.batches += whole
      model.end = end
    }
    try check(end >= minimum || end == start, "it ends at \(end); all before \(minimum) was synced")
    try compare(from: start, to: end)
    model.start = start
    if end == start { model.batches.removeAll { $0.lastOffset >= end } }
    model.batches.removeAll { $0.lastOffset >= end }
    model.end = end
    model.durableEnd = min(model.durableEnd, end)
  }

  /// Whether the log has exactly the model's batches between the two offsets.
  private mutating func compare(from start: Int64, to end: Int64) throws {
    try check(test.log.logStartOffset == start && test.log.logEndOffset == end, "it has \(start) to \(end)")
    let found = try test.batches()
    let expected = model.batches.filter { $0.lastOffset >= start && $0.lastOffset < end }
    try check(
      found == expected.map(\.bytes),
      "batches \(found.map { split($0)[0].header.baseOffset }) were found, \(expected.map(\.baseOffset)) expected")
    try check(expected.last.map { $0.lastOffset + 1 } ?? end == end, "the last batch is missing")
  }
}
