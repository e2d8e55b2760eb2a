import Base

/// What must be synced so that all records before `endOffset` survive a power loss. Taken under the partition's lock,
/// run without it, handed back to `PartitionLog.didSync` under it.
public struct SyncTarget<Files: FileSystem>: Sendable {
  public let endOffset: Int64
  @usableFromInline let files: [LogFile<Files>]
  /// Files were created in it, whose names must survive too.
  @usableFromInline let directory: String?
  /// The leader-epoch checkpoint, where it changed.
  @usableFromInline let leaderEpochs: (path: String, content: [UInt8])?
  @usableFromInline let fileSystem: Files
  /// Of the log's truncations: a target from before one says nothing about what was appended since.
  @usableFromInline let generation: UInt64

  @usableFromInline
  init(
    endOffset: Int64, files: [LogFile<Files>], directory: String?, leaderEpochs: (path: String, content: [UInt8])?,
    fileSystem: Files, generation: UInt64
  ) {
    self.endOffset = endOffset
    self.files = files
    self.directory = directory
    self.leaderEpochs = leaderEpochs
    self.fileSystem = fileSystem
    self.generation = generation
  }

  /// Blocks for one or more flushes of the disk.
  @inlinable
  public func run() throws(FileError) {
    for file in files { try fileSystem.sync(file.handle) }
    if let leaderEpochs { try fileSystem.replaceWhole(leaderEpochs.path, with: leaderEpochs.content) }
    if let directory { try fileSystem.syncDirectory(directory) }
  }
}
