import Base
import Records

/// Appends records to files, each line once.
///
/// What it takes it collects in memory. A flush then
/// 1. stores a checkpoint that names each file about to be written and its size, unless the last one does already,
/// 2. appends to the files and syncs them,
/// 3. stores a checkpoint with the new sizes and the offsets that go with them, in one piece.
/// After that the offsets may be committed to the group. Whenever it is killed, the checkpoint found at the next start
/// says what to cut off from each file and from which offset to read again.
///
/// A flush that fails is repeated whole: the bytes are still in memory and go to the same places. (After a failed
/// `fdatasync` the kernel may have dropped what was not written; writing it again is the only way to be sure.)
public struct FileSink<Files: FileSystem>: SinkOutput {
  let settings: FileSinkSettings
  let files: Files
  let checkpointPath: String

  var outputs: [OutputFile<Files.File>] = []
  var outputOfPath: [String: Int] = [:]
  /// Spares most records the making of a path. It may forget, so it is simply emptied when it grows large.
  var outputOfIdentity: [[UInt8]: Int] = [:]
  var identity: [UInt8] = []
  var lastIdentity: [UInt8] = []
  var lastOutput: Int?
  var uses: UInt64 = 0

  /// Indices of outputs with pending bytes.
  var pendingOutputs: [Int] = []
  var pendingBytes = 0
  var ledger = PartitionLedger()
  /// What is on disk, as long as the last try to change it did not fail.
  var stored: SinkCheckpoint
  var isStoredUncertain = false
  /// What the checkpoint says of partitions that are not this sink's now.
  var remembered: [TopicPartition: SinkCheckpoint.Partition] = [:]
  var notices: [SinkNotice] = []

  /// Takes up the state that was left, and cuts files back to what it vouches for. The caller holds the state
  /// directory's lock.
  public init(settings: FileSinkSettings, files: Files) throws(SinkStateError) {
    precondition(settings.openFileLimit >= 1)
    self.settings = settings
    self.files = files
    stored = SinkCheckpoint(group: settings.group)
    checkpointPath = "\(settings.stateDirectory)/checkpoint"
    guard
      let bytes = try Self.stateErrors({ () throws(FileError) in
        try files.readWhole(checkpointPath, limit: SinkCheckpoint.sizeLimit)
      })
    else { return }
    stored = try SinkCheckpoint(decoding: bytes, path: checkpointPath)
    if stored.group == settings.group { remembered = stored.partitions }
    // A sink that was killed right after it renamed the checkpoint left the older one to be found after a power loss.
    try Self.stateErrors { () throws(FileError) in try files.syncDirectory(settings.stateDirectory) }
    for (path, file) in stored.files {
      notices += try Self.stateErrors { () throws(FileError) in try cutBack(path, file) }
    }
  }

  public mutating func position(of partition: TopicPartition) -> Int64? { ledger.position(of: partition) }

  public mutating func append(_ record: RecordView, of partition: TopicPartition) -> AppendOutcome {
    guard ledger.expects(partition, record.offset) else { return .stale }
    guard pendingBytes < settings.bufferSize else { return .full }
    guard let index = output(of: record, partition) else { return .full }
    let before = outputs[index].pending.count
    settings.format.append(record, of: partition, to: &outputs[index].pending)
    let added = outputs[index].pending.count - before
    if before == 0, added > 0 { pendingOutputs.append(index) }
    pendingBytes += added
    ledger.advance(partition, to: record.offset &+ 1, from: record.offset)
    return .taken
  }

  public mutating func skip(_ partition: TopicPartition, from first: Int64, to offset: Int64) {
    ledger.advance(partition, to: offset, from: first)
  }

  public mutating func relocate(_ partition: TopicPartition, to offset: Int64) {
    ledger.relocate(partition, to: offset)
  }

  public var hasPending: Bool { ledger.hasPending }

  public mutating func discard() -> [TopicPartition: Int64] {
    for index in pendingOutputs { outputs[index].pending = [] }
    pendingOutputs = []
    pendingBytes = 0
    return ledger.rewind()
  }

  public var offsetsToCommit: [TopicPartition: Int64] { ledger.offsetsToCommit }

  public mutating func acknowledge(_ offsets: [TopicPartition: Int64]) {
    ledger.acknowledge(offsets)
  }

  public mutating func takeNotices() -> [SinkNotice] {
    defer { notices = [] }
    return notices
  }
}
