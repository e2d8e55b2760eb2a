import Base

/// What must be synced so that all records before `endOffset` survive a power loss. Taken under the partition's lock,
/// run without it, handed back to `PartitionLog.didSync` (or `didFailToSync`) under it.
public struct SyncTarget<Files: FileSystem>: Sendable {
  public let endOffset: Int64
  /// The active segment.
  @usableFromInline let file: LogFile<Files>?
  /// Rolled segments, and indexes after a checkpoint.
  @usableFromInline let paths: [String]
  /// Files were created in it, whose names must survive too.
  @usableFromInline let directory: String?
  /// The leader-epoch checkpoint, where it changed.
  @usableFromInline let leaderEpochs: (path: String, content: [UInt8])?
  @usableFromInline let cache: LogFileCache<Files>
  /// How far recovery need not read any more when this is done; nil: that does not change.
  let recoveryPoint: Int64?
  /// How often the log was truncated, created files and changed epochs when this was taken.
  let truncations: UInt64
  let nameChanges: UInt64
  let epochChanges: UInt64

  /// Blocks for one or more flushes of the disk. Of one log's targets one runs at a time.
  @inlinable
  public func run() throws(FileError) {
    for path in paths { try syncRolled(path) }
    if let file { try cache.files.sync(file.handle) }
    if let leaderEpochs { try cache.files.replaceWhole(leaderEpochs.path, with: leaderEpochs.content) }
    if let directory { try cache.files.syncDirectory(directory) }
  }

  /// A segment that retention has removed meanwhile needs no sync.
  @usableFromInline
  func syncRolled(_ path: String) throws(FileError) {
    let rolled: LogFile<Files>
    do throws(FileError) {
      rolled = try cache.file(path)
    } catch {
      if error.isNotFound { return }
      throw error
    }
    try cache.files.sync(rolled.handle)
  }
}
