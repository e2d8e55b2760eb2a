/// Files, as the cores see them: synchronous, positioned, raw bytes, every failure typed. The real one is DiskIO's;
/// Simulator's loses what was never synced, fills up and tears writes. Implementations may be used from any thread.
public protocol FileSystem: Sendable {
  /// An open file. It stays open until `close`.
  associatedtype File: Sendable

  func open(_ path: String, _ mode: FileMode) throws(FileError) -> File
  func close(_ file: File)

  /// Keeps other processes that ask the same from the file, until it is closed. Throws at once when one has it. For file
  /// systems that know of one process only there is nothing to do.
  func lock(_ file: File) throws(FileError)

  /// Reads at `offset` until `buffer` is full or the file ends; returns the bytes read.
  func read(_ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int

  /// As `read`, but never waits for a disk: returns only what memory holds from `offset` on (`RWF_NOWAIT`),
  /// nil when that is nothing although the file has more.
  func readCached(
    _ file: File, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int?

  /// Writes `head` and then `tail` at `offset`, whole or not at all as far as the caller is concerned: after an error
  /// the bytes from `offset` on are undefined and the caller truncates.
  func write(
    _ file: File, at offset: Int64, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer
  ) throws(FileError)

  /// Cuts or extends the file to `size` bytes.
  func truncate(_ file: File, to size: Int64) throws(FileError)

  /// `fdatasync`: returns when the content survives a power loss. Blocks; cores name it as an effect instead.
  func sync(_ file: File) throws(FileError)

  func status(_ file: File) throws(FileError) -> FileStatus
  /// nil when nothing has this name. Follows symbolic links.
  func status(path: String) throws(FileError) -> FileStatus?
  /// The room of the file system that this path lies on.
  func space(_ path: String) throws(FileError) -> DiskSpace
  /// The names in a directory, without `.` and `..`, in no order.
  func list(_ directory: String) throws(FileError) -> [String]
  /// Creates the directory and its missing parents.
  func createDirectory(_ path: String) throws(FileError)
  /// Removes a file or an empty directory.
  func remove(_ path: String) throws(FileError)
  /// Atomic; replaces what has the new name.
  func rename(_ path: String, to newPath: String) throws(FileError)
  /// Makes creations, renames and removals in the directory survive a power loss.
  func syncDirectory(_ path: String) throws(FileError)
}

extension FileSystem {
  public func lock(_ file: File) throws(FileError) {}
}
