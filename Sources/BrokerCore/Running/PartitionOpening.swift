import Base
import LogStore

/// A partition whose log is to be opened. Many may be, at once, on threads that may wait.
public struct PartitionOpening<Files: FileSystem>: Sendable {
  public let id: TopicPartition
  let record: TopicRecord
  let directory: LogDirectory
  let configuration: TopicConfiguration
  let recoveryPoint: Int64
  /// nil: its checkpoint is damaged.
  let logStartOffset: Int64?
  let cleanOffset: Int64
  let wasCleanlyShutDown: Bool
  let pagesSurvived: Bool
  let cache: LogFileCache<Files>
  let leaderID: Int32
  let leaderEpoch: Int32

  private var path: String { "\(directory.path)/\(LogDirectoryName.current(id))" }

  /// Reads what has to be read of the log. Waits for the disk. A log that cannot be opened makes a partition that is
  /// offline.
  public func open(now: Moment) -> OpenedPartition<Files> {
    var notes: [String] = []
    do throws(FileError) {
      if let failure = directory.failure {
        return unavailable("the directory \(directory.path) has failed: \(failure)")
      }
      switch try PartitionMetadata.agreement(with: record.id, in: path, files: cache.files) {
      case .same, .missing: break
      case .damaged:
        notes.append("\(path)/\(PartitionMetadata.name): it was damaged; made anew from the metadata")
        try PartitionMetadata.write(record.id, in: path, files: cache.files)
      case .other:
        return unavailable(
          "\(path) belongs to another topic of that name (\(PartitionMetadata.name)); move it away", ownsFiles: false)
      }
    } catch {
      return unavailable(error.description)
    }
    do throws(LogError) {
      let log = try PartitionLog(
        opening: path, configuration: configuration.log, cache: cache, recoveryPoint: recoveryPoint,
        logStartOffset: logStartOffset, wasCleanlyShutDown: wasCleanlyShutDown, pagesSurvived: pagesSurvived,
        now: now.wall)
      var recovery = log.recovery
      recovery.mendedFiles += notes
      return OpenedPartition(
        partition: partition(log, cleanOffset: min(cleanOffset, log.logEndOffset)), recovery: recovery)
    } catch {
      return unavailable(error.description)
    }
  }

  private func unavailable(_ reason: String, ownsFiles: Bool = true) -> OpenedPartition<Files> {
    let log = PartitionLog(
      unavailable: path, configuration: configuration.log, cache: cache, recoveryPoint: recoveryPoint,
      logStartOffset: logStartOffset ?? 0, reason: reason)
    return OpenedPartition(
      partition: partition(log, cleanOffset: cleanOffset, ownsFiles: ownsFiles), recovery: log.recovery,
      failure: reason)
  }

  private func partition(
    _ log: PartitionLog<Files>, cleanOffset: Int64, ownsFiles: Bool = true
  ) -> Partition<Files> {
    Partition(
      id, topicID: record.id, leaderID: leaderID, leaderEpoch: leaderEpoch, directory: directory, log: log,
      cleanOffset: cleanOffset, ownsFiles: ownsFiles, configuration: configuration)
  }
}

/// A partition, and what opening its log found.
public struct OpenedPartition<Files: FileSystem>: Sendable {
  public let partition: Partition<Files>
  public let recovery: RecoveryReport
  /// Why it is offline; nil when it is not.
  public var failure: String?
}
