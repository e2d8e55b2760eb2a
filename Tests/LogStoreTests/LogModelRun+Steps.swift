import Base
import LogStore
import Simulator

extension LogModelRun {
  private mutating func batch() -> BatchBuilder {
    let timestamps = [test.now, test.now - .random(in: 0...50_000, using: &random), test.now + 1_000_000_000, -1, 5]
    return BatchBuilder(
      recordCount: .random(in: 1...4, using: &random),
      timestamp: timestamps[.random(in: 0..<timestamps.count, using: &random)],
      payload: (0..<Int.random(in: 0...600, using: &random)).map { UInt8(truncatingIfNeeded: $0 &* 7) })
  }

  mutating func append() throws {
    var bytes = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in batch().bytes }
    if bytes.count > configuration.segmentBytes { bytes = batch().bytes }
    trail.append("append \(bytes.count)")
    try append(&bytes)
  }

  private mutating func attempt(_ bytes: inout [UInt8]) -> Result<AppendResult, LogError> {
    do throws(LogError) {
      return .success(try test.append(&bytes, leaderEpoch: 3))
    } catch {
      return .failure(error)
    }
  }

  private mutating func append(_ bytes: inout [UInt8]) throws {
    let base = model.end
    switch attempt(&bytes) {
    case .success(let result):
      counts.count("append")
      model.append(bytes, at: test.now)
      try check(result.baseOffset == base && result.lastOffset == model.end - 1, "it was numbered \(result)")
      try check(!result.isDuplicate, "it was taken for a duplicate")
    case .failure(let error):
      model.inDoubt = split(bytes).map { LogModel.Batch($0.bytes, $0.header, at: test.now) }
      throw error
    }
  }

  mutating func appendIdempotent() throws {
    let producerID = Int64.random(in: 1...3, using: &random)
    let last = model.lastBatches(of: producerID)
    var builder = batch()
    builder.producerID = producerID
    builder.epoch = last.last?.epoch ?? 0
    builder.sequence =
      last.last.map { $0.lastSequence == Int32.max ? 0 : $0.lastSequence + 1 }
      ?? (chance(2) ? 0 : Int32.max - 3)
    let isKnown = last.last.map { $0.lastOffset >= model.start } ?? false
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1:
      guard let repeated = last.randomElement(using: &random) else { return }
      try repeatBatch(repeated, isLast: repeated == last.last && isKnown)
    case 2:
      guard isKnown else { return }
      builder.sequence = (builder.sequence &+ 100) & Int32.max
      try expectRefusal(builder)
    case 3:
      guard isKnown, builder.epoch > 0 else { return }
      builder.epoch -= 1
      try expectRefusal(builder)
    case 4:
      builder.epoch += 1
      builder.sequence = 0
      fallthrough
    default:
      trail.append("producer \(producerID) epoch \(builder.epoch) sequence \(builder.sequence)")
      var bytes = builder.bytes
      try append(&bytes)
    }
  }

  private mutating func repeatBatch(_ batch: LogModel.Batch, isLast: Bool) throws {
    trail.append("repeat \(batch.producerID) sequence \(batch.baseSequence)")
    var bytes = batch.bytes
    switch attempt(&bytes) {
    case .success(let result) where result.isDuplicate:
      counts.count("duplicate")
      // Once more with the same sequences, where the producer was forgotten in between.
      let same = model.lastBatches(of: batch.producerID).filter {
        $0.baseSequence == batch.baseSequence && $0.lastSequence == batch.lastSequence
      }
      try check(
        same.contains { $0.baseOffset == result.baseOffset && $0.lastOffset == result.lastOffset },
        "the duplicate of \(batch.baseOffset) was answered with \(result)")
    case .success:
      // Only a producer whose batches are all gone may be forgotten.
      try check(batch.lastOffset < model.start, "a batch was appended twice")
      model.append(bytes, at: test.now)
    case .failure(.outOfOrderSequence) where !isLast: counts.count("forgotten")
    case .failure(let error): throw error
    }
  }

  private mutating func expectRefusal(_ builder: BatchBuilder) throws {
    trail.append("bad sequence \(builder.sequence) of epoch \(builder.epoch)")
    var bytes = builder.bytes
    switch attempt(&bytes) {
    case .success: try check(false, "it was taken")
    case .failure(.outOfOrderSequence), .failure(.invalidProducerEpoch): counts.count("refusal")
    case .failure(let error): throw error
    }
  }

  mutating func read() throws {
    let offset = Int64.random(in: model.start...model.end, using: &random)
    let boundaries = model.readable(from: model.start).map(\.baseOffset) + [model.end, .max]
    let limit = boundaries.randomElement(using: &random) ?? .max
    let maxBytes = Int.random(in: 0...3000, using: &random)
    trail.append("read \(offset) to \(limit)")
    counts.count("read")
    let expected = model.readable(from: offset, upTo: limit)
    guard let bytes = try test.read(from: offset, maxBytes: maxBytes, upTo: limit) else {
      try check(expected.isEmpty, "nothing was read")
      return
    }
    let whole = expected.flatMap(\.bytes)
    try check(whole.starts(with: bytes), "other bytes were read")
    try check(bytes.count >= expected.first?.bytes.count ?? .max, "less than a batch was read")
    try check(bytes.count <= max(maxBytes, expected.first?.bytes.count ?? 0), "more was read than asked for")
  }

  mutating func search() throws {
    let targets: [Int64] = [0, 5, test.now, test.now - .random(in: 0...60_000, using: &random), test.now + 1_000_000]
    let target = targets.randomElement(using: &random) ?? 0
    trail.append("search \(target)")
    let found = try test.log.timestampSearch(atLeast: target).resolve()
    let expected = model.firstBatch(atLeast: target)
    try check(
      found?.position.offset == expected.map { max($0.baseOffset, model.start) },
      "offset \(found?.position.offset ?? -1) was found, not \(expected?.baseOffset ?? -1)")
    let largest = try test.log.largestTimestampSearch().resolve()
    let most = model.readable(from: model.start).map(\.maxTimestamp).max()
    try check(
      largest?.position.timestamp == most,
      "the largest was \(largest?.position.timestamp ?? -2), not \(most ?? -2)")
  }

  mutating func sync() throws {
    trail.append("sync")
    try test.sync()
    try check(test.log.durableEndOffset == model.end, "\(test.log.durableEndOffset) is durable")
    model.durableEnd = model.end
  }

  mutating func retain() throws {
    let age = Int64.random(in: 0...80_000, using: &random)
    let bytes = Int64.random(in: 0...20_000, using: &random)
    let byTime = chance(2)
    test.log.configuration.retentionMilliseconds = byTime ? age : -1
    test.log.configuration.retentionBytes = byTime ? -1 : bytes
    let limit = chance(4) ? Int64.random(in: model.start...model.end, using: &random) : model.end
    trail.append(byTime ? "retain \(age) ms" : "retain \(bytes) bytes")
    let before = test.log.size
    attemptedStart = model.end
    let removal = try test.log.applyRetention(upTo: limit, now: test.now)
    counts.count("removal", removal.baseOffsets.count)
    try test.remove(removal)
    let start = test.log.logStartOffset
    try check(start >= model.start && start <= max(limit, model.start), "the start moved to \(start)")
    let gone = model.batches.filter { $0.lastOffset >= model.start && $0.lastOffset < start }
    if byTime {
      let isOld = gone.allSatisfy { min($0.maxTimestamp, $0.appendedAt) < test.now - age }
      try check(isOld, "records of less than \(age) ms were removed")
    } else if start > model.start {
      try check(before - removal.byteCount >= min(bytes, before), "too much was removed")
    }
    try check(before - removal.byteCount == test.log.size, "the size is \(test.log.size)")
    model.start = start
  }

  mutating func raise() throws {
    let offset = Int64.random(in: max(0, model.start - 2)...model.end, using: &random)
    trail.append("raise \(offset)")
    attemptedStart = max(model.start, offset)
    let removal = try test.log.raiseLogStartOffset(to: offset)
    counts.count("removal", removal.baseOffsets.count)
    model.start = max(model.start, offset)
    try test.remove(removal)
  }

  mutating func truncate() throws {
    let offset = Int64.random(in: model.start...model.end, using: &random)
    trail.append("truncate \(offset)")
    isTruncating = true
    let removal = try test.log.truncate(to: offset, now: test.now)
    if offset < model.end { counts.count("truncation") }
    model.truncate(to: offset)
    try test.remove(removal)
    checkpointed.recoveryPoint = min(checkpointed.recoveryPoint, test.log.recoveryPoint)
    checkpointed.start = min(checkpointed.start, test.log.logStartOffset)
    isTruncating = false
  }

  mutating func fillDisk() throws {
    trail.append("full disk")
    files.setCapacity(files.usedBytes + .random(in: 0...300, using: &random))
    defer { files.setCapacity(.max) }
    for _ in 0..<3 {
      var bytes = batch().bytes
      switch attempt(&bytes) {
      case .success: model.append(bytes, at: test.now)
      case .failure(.file(let failure)) where failure.isDiskFull: counts.count("full disk")
      case .failure(let error):
        model.inDoubt = split(bytes).map { LogModel.Batch($0.bytes, $0.header, at: test.now) }
        throw error
      }
    }
  }
}
