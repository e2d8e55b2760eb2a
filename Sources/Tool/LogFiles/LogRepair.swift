import Base
import BrokerCore
import DiskIO
import LogStore
import MetadataStore

/// Does to the files of a stopped broker what the broker itself would do when it met their damage.
public struct LogRepair {
  private let broker: StoppedBroker
  private var files: RealFileSystem { broker.files }
  private let now: Int64
  /// Is called for everything that was done.
  private let tell: (String) throws(ToolFailure) -> Void

  /// - Parameter now: milliseconds since 1970-01-01 UTC.
  public init(_ broker: StoppedBroker, now: Int64, tell: @escaping (String) throws(ToolFailure) -> Void) {
    self.broker = broker
    self.now = now
    self.tell = tell
  }

  public func run() throws(ToolFailure) {
    if broker.isWhole, let root = broker.root { try repairRoot(root) }
    for partition in broker.partitions { try repair(partition) }
  }

  private func repairRoot(_ root: String) throws(ToolFailure) {
    let files = files
    var notes: [String] = []
    if try orFail({ () throws(FileError) in try files.status(path: "\(root)/metadata") }) != nil {
      do throws(MetadataStoreError) {
        let store = try EmbeddedMetadataStore(directory: "\(root)/metadata", files: files)
        notes += store.mendedFiles
        let cut = store.discardedByteCount
        if cut > 0 { notes.append("\(root)/metadata: \(cut) bytes of a change that was cut short were removed") }
      } catch {
        throw ToolFailure(error.description, status: .inputOutput)
      }
    }
    for note in notes { try tell(note) }
    if case .damaged(let reason) = try orFail({ () throws(FileError) in try MetaProperties.read(in: root, files: files)
    }) {
      try tell("\(root)/\(MetaProperties.name) \(reason); the broker makes it anew when it starts")
    }
    for name in [OffsetCheckpoint.recoveryPoints, OffsetCheckpoint.logStartOffsets, OffsetCheckpoint.cleanOffsets] {
      if try checkpoint(name, root).isDamaged {
        try tell("\(root)/\(name) is damaged; the broker leaves it aside and makes it anew")
      }
    }
  }

  private func checkpoint(
    _ name: String, _ root: String
  ) throws(ToolFailure) -> (offsets: [TopicPartition: Int64], isDamaged: Bool) {
    let files = files
    return try orFail { () throws(FileError) in try OffsetCheckpoint.read(name, in: root, files: files) }
  }

  /// Opening a log looks at the newest producer snapshot only, as long as that is sound.
  private func removeBrokenSnapshots(_ partition: StoppedBroker.PartitionDirectory) throws(ToolFailure) {
    let files = files
    for name in partition.names where SegmentName.parse(name)?.kind == .producerSnapshot {
      let path = "\(partition.path)/\(name)"
      let content = try orFail { () throws(FileError) in try files.readWhole(path, limit: 256 << 20) }
      guard let content, ProducerSnapshot.decode(content) == nil else { continue }
      try orFail { () throws(FileError) in try files.remove(path) }
      try tell("\(path): it was no producer snapshot, or not whole; removed, the log has what it held")
    }
  }

  private func repair(_ partition: StoppedBroker.PartitionDirectory) throws(ToolFailure) {
    try removeBrokenSnapshots(partition)
    var notes: [String] = []
    do throws(LogError) {
      let cache = LogFileCache(files: files)
      var log = try open(partition, cache)
      let recovery = log.recovery
      if recovery.truncatedBytes > 0 {
        notes.append("\(partition.path): \(recovery.truncatedBytes) bytes behind the last whole batch were cut")
      }
      for base in recovery.removedSegments { notes.append("\(partition.path): segment \(base) was removed") }
      notes += recovery.mendedFiles
      notes += try mendSegments(&log, partition, cache)
      for path in try log.maintain(now: now) { notes.append("\(path): made anew from its segment") }
      try log.close()
    } catch {
      for note in notes { try tell(note) }
      throw ToolFailure("\(partition.path): \(error)", status: .inputOutput)
    }
    for note in notes { try tell(note) }
  }

  private func open(
    _ partition: StoppedBroker.PartitionDirectory, _ cache: LogFileCache<RealFileSystem>
  ) throws(LogError) -> PartitionLog<RealFileSystem> {
    var configuration = LogConfiguration()
    configuration.compacts = partition.compacts
    var recoveryPoint: Int64 = 0
    var logStart: Int64? = 0
    var isClean = false
    do throws(FileError) {
      if let root = broker.root {
        let points = try OffsetCheckpoint.read(OffsetCheckpoint.recoveryPoints, in: root, files: files)
        let starts = try OffsetCheckpoint.read(OffsetCheckpoint.logStartOffsets, in: root, files: files)
        recoveryPoint = points.offsets[partition.partition] ?? 0
        logStart = starts.isDamaged ? nil : starts.offsets[partition.partition] ?? 0
        isClean = try files.status(path: "\(root)/\(CleanShutdownMarker.name)") != nil
      }
    } catch {
      throw .file(error)
    }
    // Where the machine was restarted after a kill the broker may cut more; whoever repairs by hand wants all there is.
    return try PartitionLog(
      opening: partition.path, configuration: configuration, cache: cache, recoveryPoint: recoveryPoint,
      logStartOffset: logStart, wasCleanlyShutDown: isClean, pagesSurvived: true, now: now)
  }

  private func mendSegments(
    _ log: inout PartitionLog<RealFileSystem>, _ partition: StoppedBroker.PartitionDirectory,
    _ cache: LogFileCache<RealFileSystem>
  ) throws(LogError) -> [String] {
    var notes: [String] = []
    var current = partition
    do throws(FileError) {
      current.names = try files.list(partition.path)
    } catch {
      throw .file(error)
    }
    for base in current.segments {
      let path = "\(partition.path)/\(SegmentName.file(base, .log))"
      let survey: SegmentSurvey
      let indexes: (offsets: IndexInspection?, times: IndexInspection?)
      do throws(FileError) {
        survey = try SegmentSurvey(
          ofSegment: base, in: partition.path, limit: current.limit(of: base), allowsGaps: partition.compacts,
          epochs: log.leaderEpochs, files: files)
        indexes = try IndexInspection.read(ofSegment: base, in: partition.path, files: files)
      } catch {
        throw .file(error)
      }
      if !survey.isSound || survey.epochsDisagree, let mending = try log.mending(ofFile: path, now: now) {
        let result = try mending.run()
        let removal = try log.adopt(result)
        do throws(FileError) {
          try removal.run()
        } catch {
          throw .file(error)
        }
        notes += result.notes
      } else if indexes.offsets?.flaw != nil || indexes.times?.flaw != nil {
        cache.suspect("\(partition.path)/\(SegmentName.file(base, .offsetIndex))")
      }
    }
    return notes
  }
}
