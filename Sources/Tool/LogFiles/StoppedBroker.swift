import Base
import BrokerCore
import DiskIO
import LogStore
import MetadataStore

/// The files of a broker that does not run: its data directory, or one partition's. While this value lives no broker
/// can start on them.
public struct StoppedBroker {
  struct PartitionDirectory {
    var path: String
    var partition: TopicPartition
    /// Offsets may be missing between batches.
    var compacts: Bool
    /// The names in it, sorted.
    var names: [String]

    var segments: [Int64] {
      names.compactMap(SegmentName.parse).filter { $0.kind == .log }.map(\.baseOffset).sorted()
    }

    /// The base offset of the segment that follows.
    func limit(of segment: Int64) -> Int64? { segments.first { $0 > segment } }
  }

  let files = RealFileSystem()
  /// The data directory; nil where a partition's directory lies outside of one.
  let root: String?
  /// Whether all of the data directory was asked for.
  let isWhole: Bool
  let partitions: [PartitionDirectory]
  /// The one file that was asked for.
  let onlyFile: String?
  private let lock: DirectoryLock?

  /// - Parameter path: a data directory, a partition's directory, or a file in one.
  public init(_ path: String) throws(ToolFailure) {
    var directory = path
    while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
    if !directory.contains("/") { directory = "./\(directory)" }
    let files = self.files
    let status = try orFail { () throws(FileError) in try files.status(path: directory) }
    guard let status else { throw ToolFailure("there is no \(path)", status: .usage) }
    if status.kind == .directory {
      onlyFile = nil
    } else {
      onlyFile = directory
      directory = directory.parentDirectory
    }
    let names = try Self.names(directory, files)
    let isPartition =
      LogDirectoryName.parse(directory.lastPathComponent) != nil
      && names.contains { SegmentName.parse($0) != nil || $0 == PartitionMetadata.name }
    let parent = isPartition ? directory.parentDirectory : directory
    let isRoot = try Self.isDataDirectory(parent, files)
    guard isPartition || isRoot else {
      throw ToolFailure(
        "\(path) is neither a broker's data directory nor a partition's: it has no \(MetaProperties.name), and no "
          + "directories such as \"topic-0\" with segments in them", status: .usage)
    }
    root = isRoot ? parent : nil
    isWhole = !isPartition
    lock = isRoot ? try Self.lock(parent) : nil
    let compacted = isRoot ? Self.compactedTopics(parent, files) : [TopicName.groupOffsets]
    var found: [PartitionDirectory] = []
    for name in isPartition ? [directory.lastPathComponent] : names.sorted() {
      let path = "\(parent)/\(name)"
      guard let partition = LogDirectoryName.parse(name),
        try orFail({ () throws(FileError) in try files.status(path: path) })?.kind == .directory
      else { continue }
      found.append(
        PartitionDirectory(
          path: path, partition: partition, compacts: compacted.contains(partition.topic),
          names: try Self.names(path, files).sorted()))
    }
    partitions = found
  }

  private static func names(_ directory: String, _ files: RealFileSystem) throws(ToolFailure) -> [String] {
    try orFail { () throws(FileError) in try files.list(directory) }
  }

  private static func isDataDirectory(_ path: String, _ files: RealFileSystem) throws(ToolFailure) -> Bool {
    for name in [MetaProperties.name, OffsetCheckpoint.recoveryPoints, "metadata"] {
      if try orFail({ () throws(FileError) in try files.status(path: "\(path)/\(name)") }) != nil { return true }
    }
    return try names(path, files).contains { LogDirectoryName.parse($0) != nil }
  }

  private static func lock(_ directory: String) throws(ToolFailure) -> DirectoryLock {
    do throws(FileError) {
      return try DirectoryLock(directory)
    } catch {
      guard error.isLocked else { throw ToolFailure(error) }
      throw ToolFailure("a broker runs on \(directory); stop it first", status: .unavailable)
    }
  }

  /// Where the metadata cannot be read, only Splashdam's own topic counts.
  private static func compactedTopics(_ directory: String, _ files: RealFileSystem) -> Set<String> {
    var names: Set<String> = [TopicName.groupOffsets]
    do throws(MetadataStoreError) {
      let (_, values) = try EmbeddedMetadataStore.inspect(directory: "\(directory)/metadata", files: files)
      names.formUnion(TopicPolicies.compactedTopics(values))
    } catch {
      StandardOutput.tell("splashdam: which topics are compacted is not known: \(error)")
    }
    return names
  }

  /// Without what all paths have in common.
  func shortened(_ path: String) -> String {
    let prefix = (root ?? partitions.first?.path.parentDirectory ?? "") + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  /// The leader epochs a partition's checkpoint has; nil where it is missing or damaged.
  func leaderEpochs(_ partition: PartitionDirectory) throws(FileError) -> LeaderEpochs? {
    let path = "\(partition.path)/\(LeaderEpochs.fileName)"
    return try files.readWhole(path, limit: 64 << 20).flatMap { LeaderEpochs(content: $0) }
  }
}

/// Runs what reads files, and makes its error one for the person.
func orFail<Result>(_ body: () throws(FileError) -> Result) throws(ToolFailure) -> Result {
  do throws(FileError) {
    return try body()
  } catch {
    throw ToolFailure(error)
  }
}

extension ToolFailure {
  init(_ error: FileError) {
    self.init(error.description, status: error.isPermissionDenied ? .noPermission : .inputOutput)
  }
}
