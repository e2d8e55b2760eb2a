import Base
import LogStore

/// What a broker does from time to time, on a thread that may wait for a disk.
extension Broker {
  private var allPartitions: [Partition<Files>] { topics.all.flatMap(\.partitions) }

  /// Compacts the logs that it is worth it for. Every `log.cleaner.backoff.ms`.
  public func compact(now: Moment, effects: inout [BrokerEffect<Files>]) {
    let keyMemory = Int(settings.compactionKeyBytes)
    for partition in allPartitions { partition.compact(keyMemory: keyMemory, now: now, effects: &effects) }
  }

  /// Bounds what a start after a crash has to read. Every `log.flush.offset.checkpoint.interval.ms`.
  public func checkpoint(now: Moment, effects: inout [BrokerEffect<Files>]) {
    let partitions = allPartitions
    for partition in partitions {
      partition.checkpoint(now: now, effects: &effects)
      partition.syncInBackground(effects: &effects)
    }
    do throws(FileError) {
      try writeCheckpoints(partitions)
    } catch {
      effects.append(.warning(key: "checkpoint", message: "\(error); the next start may read more"))
    }
  }

  /// Asks for syncs of what topics with `flush.ms` want synced by now. Every `log.flush.scheduler.interval.ms`.
  public func syncWhatIsDue(now: Moment, effects: inout [BrokerEffect<Files>]) {
    topics.forEach { topic in
      guard topic.configuration.flushMilliseconds != .max else { return }
      for partition in topic.partitions { partition.syncWhatIsDue(now: now, effects: &effects) }
    }
  }

  /// Asks for syncs of all that is not synced, so that `close` finds little to wait for.
  public func syncAll(effects: inout [BrokerEffect<Files>]) {
    for partition in allPartitions { partition.syncInBackground(effects: &effects) }
  }

  /// Replaces what earlier lives of the broker, or of a topic of the same name, left in the checkpoint files. An old
  /// recovery point would vouch for records that are yet to come, an old start would remove them.
  func renewCheckpoints() throws(FileError) {
    try writeCheckpoints(allPartitions)
  }

  private func writeCheckpoints(_ partitions: [Partition<Files>]) throws(FileError) {
    // Held while it writes: of two who write at once, the one with the newer offsets must be the last.
    try writtenCheckpoints.withLock { written throws(FileError) in
      let checkpoints = Checkpoints(of: partitions)
      guard written != checkpoints else { return }
      let files = files
      try OffsetCheckpoint.write(
        OffsetCheckpoint.recoveryPoints, checkpoints.recoveryPoints, in: dataDirectory, files: files)
      try OffsetCheckpoint.write(
        OffsetCheckpoint.logStartOffsets, checkpoints.logStarts, in: dataDirectory, files: files)
      try OffsetCheckpoint.write(
        OffsetCheckpoint.cleanOffsets, checkpoints.cleanOffsets, in: dataDirectory, files: files)
      written = checkpoints
    }
  }

  /// Syncs and closes every log, and leaves the mark that says so. No request may be under way. False, with warnings,
  /// when some log could not be closed; the next start then looks at what follows the last checkpoint.
  public func close(effects: inout [BrokerEffect<Files>]) -> Bool {
    let partitions = allPartitions
    var isClean = true
    for partition in partitions {
      do throws(LogError) {
        isClean = try partition.close(effects: &effects) && isClean
      } catch {
        isClean = false
        effects.append(.warning(key: "close \(partition.id)", message: "closing \(partition.id): \(error)"))
      }
    }
    do throws(FileError) {
      try writeCheckpoints(partitions)
      if isClean { try CleanShutdownMarker.write(in: dataDirectory, files: files) }
    } catch {
      isClean = false
      effects.append(.warning(key: "close", message: error.description))
    }
    return isClean
  }
}

/// The offsets that the checkpoint files hold.
struct Checkpoints: Sendable, Hashable {
  var recoveryPoints: [TopicPartition: Int64] = [:]
  var logStarts: [TopicPartition: Int64] = [:]
  var cleanOffsets: [TopicPartition: Int64] = [:]

  init() {}

  init<Files: FileSystem>(of partitions: [Partition<Files>]) {
    for partition in partitions {
      guard let offsets = partition.checkpointOffsets else { continue }
      recoveryPoints[partition.id] = offsets.recoveryPoint
      if offsets.logStart > 0 { logStarts[partition.id] = offsets.logStart }
      if offsets.clean > 0 { cleanOffsets[partition.id] = offsets.clean }
    }
  }

  func knowsAny(of range: Range<Int32>, in topic: String) -> Bool {
    range.contains { recoveryPoints[TopicPartition(topic, $0)] != nil }
  }
}
