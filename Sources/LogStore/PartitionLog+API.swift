import Base
import Records

// The rest of the interface, being built: each call here ends in `LogError.offline` until its own file replaces it.
extension PartitionLog {
  private var notBuilt: LogError { .offline(directory, reason: "this call is not built yet") }

  /// Opens the log in `directory`, which is created when it is missing. Blocks while it reads.
  ///
  /// - Parameters:
  ///   - recoveryPoint: from the checkpoint; what follows it is verified unless `wasCleanlyShutDown`. 0 where unknown.
  ///   - logStartOffset: from the checkpoint; a new log begins with it. 0 where unknown.
  ///   - wasCleanlyShutDown: the data directory had its `CleanShutdownMarker`.
  public init(
    opening directory: String, configuration: LogConfiguration, cache: LogFileCache<Files>, recoveryPoint: Int64,
    logStartOffset: Int64, wasCleanlyShutDown: Bool, now: Int64
  ) throws(LogError) {
    self.init(directory: directory, configuration: configuration, cache: cache, start: logStartOffset, now: now)
    throw notBuilt
  }

  /// Appends whole batches of magic 2 that lie one behind the other in `batches`, in one write. The caller has
  /// validated them (CRC included); here only their headers are walked. Base offsets and `leaderEpoch` are set in place
  /// (with `stampsAppendTime` timestamps and CRC too), so afterwards the buffer holds what the log holds. Idempotent
  /// batches of one call come from one producer. Does not sync.
  public mutating func append(
    _ batches: UnsafeMutableRawBufferPointer, leaderEpoch: Int32, origin: AppendOrigin = .client, now: Int64
  ) throws(LogError) -> AppendResult {
    throw notBuilt
  }

  /// Batches from the one that holds `offset` on (or the next, where compaction removed it): at least one whole batch,
  /// else at most `maxBytes`, of one segment, and none at or behind `limit`, which must lie between batches
  /// (a high watermark, the last stable offset, or `logEndOffset`). Never waits for the disk.
  public mutating func read(
    from offset: Int64, maxBytes: Int, upTo limit: Int64
  ) throws(LogError) -> LogReadResult<Files> {
    throw notBuilt
  }

  /// The search for the first batch with a timestamp of at least `timestamp`, as the log is now. Resolve it on a thread
  /// that may wait, without the partition's lock.
  public func timestampSearch(atLeast timestamp: Int64) -> TimestampSearch<Files> {
    TimestampSearch(segments: sealed + [active], logStartOffset: logStartOffset, target: timestamp, cache: cache)
  }

  /// The search for the largest timestamp and the first offset that has it (ListOffsets -3).
  public func largestTimestampSearch() -> TimestampSearch<Files> {
    TimestampSearch(segments: sealed + [active], logStartOffset: logStartOffset, target: nil, cache: cache)
  }

  /// What must be synced to make all records so far durable; nil when they are.
  public mutating func syncTarget() throws(LogError) -> SyncTarget<Files>? {
    throw notBuilt
  }

  /// `target.run()` succeeded.
  public mutating func didSync(_ target: SyncTarget<Files>) {}

  /// `target.run()` failed. What the disk holds is unknown from here on, so the log goes offline.
  public mutating func didFailToSync(_ error: FileError) {
    failure = error.description
  }

  /// Writes what makes the next start quick (index entries, producer snapshot, leader epochs), without syncing. Call it
  /// with the checkpoints, every minute or so.
  public mutating func checkpoint(now: Int64) throws(LogError) {
    throw notBuilt
  }

  /// Housekeeping that costs nothing when there is nothing to do: forgets expired producers, closes an idle file,
  /// rebuilds indexes that readers found wrong. Call it every minute or so.
  public mutating func maintain(now: Int64) throws(LogError) {
    throw notBuilt
  }

  /// Lets go of the oldest segments that retention by time or bytes no longer wants and that lie wholly before `limit`
  /// (the high watermark); `logStartOffset` moves.
  public mutating func applyRetention(upTo limit: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    throw notBuilt
  }

  /// DeleteRecords: nothing before `offset` is readable any more, whole segments before it go. Not before the present
  /// start: no change.
  public mutating func raiseLogStartOffset(to offset: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    throw notBuilt
  }

  /// Removes the records from `offset` on; a batch that holds it goes whole. A follower's call: what was acknowledged
  /// never lies there.
  public mutating func truncate(to offset: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    throw notBuilt
  }

  /// Removes all records; the log begins and ends with `offset`.
  public mutating func reset(to offset: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    throw notBuilt
  }

  /// Writes and syncs everything; afterwards opening with `wasCleanlyShutDown` reads next to nothing. Blocks. The log
  /// takes no calls any more.
  public mutating func close(now: Int64) throws(LogError) {
    throw notBuilt
  }

  /// Renames the directory to `LogDirectoryName.deleted`. What is returned removes it; the log takes no calls any more.
  public mutating func delete(_ partition: TopicPartition, unique: UUID) throws(LogError) -> DirectoryRemoval<Files> {
    throw notBuilt
  }
}
