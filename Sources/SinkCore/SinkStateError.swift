import Base

/// Why a sink cannot take up its state.
public enum SinkStateError: Error, Sendable, Hashable, CustomStringConvertible {
  case file(FileError)
  /// The checkpoint at `path` is not what a sink writes.
  case malformed(path: String, line: Int, problem: String)

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .malformed(let path, let line, let problem):
      "\(path):\(line): \(problem); restore it, or remove it to start from the offsets the group has committed "
        + "(lines written since then will come twice)"
    }
  }
}
