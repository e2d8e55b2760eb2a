/// How a file is opened.
public enum FileMode: Sendable, Hashable {
  /// It must exist.
  case read
  /// Read and write; it must exist.
  case update
  /// Read and write; created when missing (mode 0640).
  case readWrite
  /// Read and write; emptied when it exists, created when missing (mode 0640).
  case replace
}
