import Glibc

/// What libsystemd refused: which call, on which journal, and why.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The function, as its manual page names it.
  public var operation: String
  /// The directory; nil for the system's journal.
  public var directory: String?
  /// `errno`.
  public var code: Int32

  public init(operation: String, directory: String?, code: Int32) {
    self.operation = operation
    self.directory = directory
    self.code = code
  }

  public var description: String {
    let journal = directory.map { "the journal in \($0)" } ?? "the system's journal"
    return "cannot read \(journal): \(operation): \(String(cString: strerror(code)))"
  }
}
