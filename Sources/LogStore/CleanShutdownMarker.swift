import Base

/// `.kafka_cleanshutdown`: it lies in a data directory while no broker runs on it and the last one ended in order.
public enum CleanShutdownMarker {
  public static let name = ".kafka_cleanshutdown"

  /// Written last, when every log is closed and the checkpoints are written. Blocks for two flushes of the disk.
  public static func write<Files: FileSystem>(in directory: String, files: Files) throws(FileError) {
    try files.replaceWhole("\(directory)/\(name)", with: Array(#"{"version":0,"brokerEpoch":-1}"#.utf8))
  }

  /// Whether it was there. It is removed, durably, before anything changes in the directory.
  public static func take<Files: FileSystem>(in directory: String, files: Files) throws(FileError) -> Bool {
    guard try files.status(path: "\(directory)/\(name)") != nil else { return false }
    try files.remove("\(directory)/\(name)")
    try files.syncDirectory(directory)
    return true
  }
}
