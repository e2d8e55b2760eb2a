import Base

/// A renamed directory of a deleted partition; `run` removes it with all its files. Also for what a start finds by
/// `LogDirectoryName.isDeleted`.
public struct DirectoryRemoval<Files: FileSystem>: Sendable {
  public let path: String
  let files: Files

  public init(path: String, files: Files) {
    self.path = path
    self.files = files
  }

  /// Blocks. A directory that is gone already is fine.
  public func run() throws(FileError) {
    guard try files.status(path: path) != nil else { return }
    for name in try files.list(path) { try files.remove("\(path)/\(name)") }
    try files.remove(path)
  }
}
