import Base
import Records

extension PartitionLog {
  /// Appends whole batches of magic 2 that lie one behind the other in `batches`, in one write. The caller has
  /// validated them (CRC included); here only their headers are walked. Base offsets and `leaderEpoch` are set in place
  /// (with `stampsAppendTime` timestamps and CRC too), so afterwards the buffer holds what the log holds. Idempotent
  /// batches of one call come from one producer. Does not sync.
  @inlinable
  public mutating func append(
    _ batches: UnsafeMutableRawBufferPointer, leaderEpoch: Int32, origin: AppendOrigin = .client, now: Int64
  ) throws(LogError) -> AppendResult {
    try checkUsable()
    var plan = AppendPlan(base: logEndOffset, origin: origin, leaderEpoch: leaderEpoch)
    while plan.byteCount < batches.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: batches[plan.byteCount...])
      let header = try plan.admit(rest)
      if header.producerID >= 0, origin == .client, try plan.follows(header) == false {
        if case .duplicate(let batch) = try producerState.check(header) { return answer(toDuplicate: batch) }
      }
      if configuration.stampsAppendTime, origin != .replication { plan.stamp(rest, header, at: now) }
    }
    guard plan.batchCount > 0 else { throw .invalidBatch(position: 0, reason: "there is no batch") }
    let limit = min(configuration.segmentBytes, Int(Int32.max))
    guard batches.count <= limit else { throw .tooLarge(bytes: batches.count, limit: limit) }
    if mustRoll(adding: batches.count, lastOffset: plan.nextOffset &- 1, now: now) { try roll(to: plan.base, now: now) }
    guard plan.nextOffset &- active.baseOffset <= Int64(Int32.max) else {
      throw .invalidBatch(position: 0, reason: "its offsets span more than a segment can name")
    }
    try write(batches)
    note(batches, now: now)
    return AppendResult(
      baseOffset: plan.base, lastOffset: plan.nextOffset &- 1, appendTime: configuration.stampsAppendTime ? now : -1,
      logStartOffset: logStartOffset, isDuplicate: false)
  }

  @usableFromInline
  func answer(toDuplicate batch: ProducerEntry.Batch) -> AppendResult {
    AppendResult(
      baseOffset: batch.baseOffset, lastOffset: batch.lastOffset,
      appendTime: configuration.stampsAppendTime ? batch.timestamp : -1, logStartOffset: logStartOffset,
      isDuplicate: true)
  }

  @inlinable
  mutating func activeFile() throws(LogError) -> LogFile<Files> {
    if let file = active.file { return file }
    return try openActiveFile()
  }

  @usableFromInline
  mutating func openActiveFile() throws(LogError) -> LogFile<Files> {
    do throws(FileError) {
      let file = try LogFile(active.path(.log), .readWrite, files: cache.files)
      active.file = file
      return file
    } catch {
      throw .file(error)
    }
  }

  @inlinable
  mutating func write(_ batches: UnsafeMutableRawBufferPointer) throws(LogError) {
    let file = try activeFile()
    do throws(FileError) {
      try cache.files.write(
        file.handle, at: active.size, UnsafeRawBufferPointer(batches), UnsafeRawBufferPointer(start: nil, count: 0))
    } catch {
      throw cutBack(file, after: error)
    }
  }

  /// What the failed write left must go, or recovery would take it for records.
  @usableFromInline
  mutating func cutBack(_ file: LogFile<Files>, after error: FileError) -> LogError {
    do throws(FileError) {
      try cache.files.truncate(file.handle, to: active.size)
    } catch let second {
      failure = "\(error); cutting off what that left failed too: \(second)"
    }
    return .file(error)
  }

  /// Takes note of batches that were written, and are whole.
  @inlinable
  mutating func note(_ batches: UnsafeMutableRawBufferPointer, now: Int64) {
    var position = 0
    while position < batches.count,
      let header = RecordBatchHeader(reading: UnsafeRawBufferPointer(rebasing: batches[position...]))
    {
      active.note(header, indexInterval: configuration.indexIntervalBytes)
      if header.partitionLeaderEpoch > leaderEpochs.latest {
        assign(header.partitionLeaderEpoch, at: header.baseOffset)
      }
      if header.producerID >= 0 {
        producerState.add(header, at: now, limit: configuration.producerLimit)
      }
      position &+= header.size
    }
    if active.firstAppendTime == nil { active.firstAppendTime = now }
    active.lastAppendTime = now
    if active.indexesNeedWrite { writeFullIndexes() }
  }

  @usableFromInline
  mutating func assign(_ epoch: Int32, at offset: Int64) {
    if leaderEpochs.assign(epoch, at: offset) { epochChanges &+= 1 }
  }

  /// The records are in the log, so a failure here is not the append's: the entries stay pending, the next write is
  /// tried with the next append, and `checkpoint` tells.
  @usableFromInline
  mutating func writeFullIndexes() {
    do throws(FileError) {
      try active.writeIndexes(cache)
    } catch {
      indexFailure = error
    }
  }
}
