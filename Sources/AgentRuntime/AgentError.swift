import AgentCore
import Base
import Glibc

/// Why an agent cannot begin.
public enum AgentError: Error, Sendable, CustomStringConvertible {
  /// A system call and its `errno`.
  case system(String, Int32)
  /// The state directory cannot be used.
  case state(FileError)
  /// The stored positions at this path are damaged.
  case positions(path: String, StoredPositionsError)

  public var description: String {
    switch self {
    case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
    case .state(let error): "state_dir: \(error)"
    case .positions(let path, let error):
      "the stored positions cannot be used: \(path): \(error). Restore the file, or remove it to read every source "
        + "again from where its read_from says"
    }
  }
}
