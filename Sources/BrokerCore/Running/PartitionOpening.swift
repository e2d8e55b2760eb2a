import Base
import LogStore

/// A partition whose log is to be opened. Many may be, at once, on threads that may wait.
public struct PartitionOpening<Files: FileSystem>: Sendable {
  public let id: TopicPartition
  let record: TopicRecord
  let directory: String
  let configuration: TopicConfiguration
  let recoveryPoint: Int64
  let logStartOffset: Int64
  let cleanOffset: Int64
  let wasCleanlyShutDown: Bool
  let cache: LogFileCache<Files>
  let leaderID: Int32
  let leaderEpoch: Int32

  /// Reads what has to be read of the log. Waits for the disk.
  public func open(now: Moment) -> Result<OpenedPartition<Files>, BrokerStartError> {
    Result { () throws(BrokerStartError) in
      do throws(FileError) {
        let owner = try PartitionMetadata.read(in: directory, files: cache.files)
        guard owner == nil || owner == record.id else {
          throw FileError(
            operation: "open", path: directory, code: 0,
            reason: "it belongs to another topic of that name (\(PartitionMetadata.name)); move it away")
        }
      } catch {
        throw BrokerStartError(error)
      }
      do throws(LogError) {
        let log = try PartitionLog(
          opening: directory, configuration: configuration.log, cache: cache, recoveryPoint: recoveryPoint,
          logStartOffset: logStartOffset, wasCleanlyShutDown: wasCleanlyShutDown, now: now.wall)
        return OpenedPartition(
          partition: Partition(
            id, topicID: record.id, leaderID: leaderID, leaderEpoch: leaderEpoch, log: log,
            cleanOffset: min(cleanOffset, log.logEndOffset),
            syncsBeforeAcknowledging: configuration.syncsBeforeAcknowledging),
          recovery: log.recovery)
      } catch {
        throw BrokerStartError(error)
      }
    }
  }
}

/// A partition, and what opening its log found.
public struct OpenedPartition<Files: FileSystem>: Sendable {
  public let partition: Partition<Files>
  public let recovery: RecoveryReport
}
