import Base

/// `.boot-id`: during which run of the machine a broker last wrote to a data directory. As long as that run goes on,
/// everything is in the files that was written to them, synced or not.
public enum BootMark {
  public static let name = ".boot-id"

  /// Whether the directory was last used in the run with this id.
  public static func read<Files: FileSystem>(
    in directory: String, files: Files, isThat id: String?
  ) throws(FileError) -> Bool {
    let path = "\(directory)/\(name)"
    guard let id, let status = try files.status(path: path), status.size == Int64(id.utf8.count) else { return false }
    return try files.readWhole(path, limit: id.utf8.count) == Array(id.utf8)
  }

  public static func write<Files: FileSystem>(_ id: String, in directory: String, files: Files) throws(FileError) {
    try files.replaceWhole("\(directory)/\(name)", with: Array(id.utf8))
  }
}
