import Base

/// One offset for each partition of a data directory, in Kafka's text format: a line `0` (the version), a line with the
/// count, then `topic partition offset` lines. A crash while writing leaves the old file or the new one.
public enum OffsetCheckpoint {
  /// Before it everything is synced; recovery reads only what follows.
  public static let recoveryPoints = "recovery-point-offset-checkpoint"
  public static let logStartOffsets = "log-start-offset-checkpoint"
  /// Up to where compacted logs are compacted.
  public static let cleanOffsets = "cleaner-offset-checkpoint"
  /// High watermarks.
  public static let highWatermarks = "replication-offset-checkpoint"

  /// Nothing when the file does not exist, or does not fit its checksum or its format; `isDamaged` says which. Recovery
  /// without the file reads more, but loses nothing.
  public static func read<Files: FileSystem>(
    _ name: String, in directory: String, files: Files
  ) throws(FileError) -> (offsets: [TopicPartition: Int64], isDamaged: Bool) {
    guard let content = try files.readWhole("\(directory)/\(name)", limit: LineFile.limit) else {
      return ([:], false)
    }
    if let sums = try CheckpointSums.read(in: directory, files: files), !sums.fits(name, content) {
      return ([:], true)
    }
    guard let lines = LineFile.lines(content) else { return ([:], true) }
    var offsets: [TopicPartition: Int64] = [:]
    for line in lines {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      guard fields.count == 3, let partition = Int32(fields[1]), partition >= 0, let offset = Int64(fields[2]),
        offset >= 0
      else { return ([:], true) }
      offsets[TopicPartition(String(fields[0]), partition)] = offset
    }
    return (offsets, false)
  }

  /// Blocks for four flushes of the disk.
  public static func write<Files: FileSystem>(
    _ name: String, _ offsets: [TopicPartition: Int64], in directory: String, files: Files
  ) throws(FileError) {
    let lines = offsets.map { "\($0.key.topic) \($0.key.partition) \($0.value)" }.sorted()
    let content = LineFile.content(lines)
    try CheckpointSums.announce(name, content, in: directory, files: files)
    try files.replaceWhole("\(directory)/\(name)", with: content)
  }
}
