/// Why a log was not compacted. It is as it was.
public enum CompactionError: Error, Sendable, Hashable, CustomStringConvertible {
  case log(LogError)

  public var description: String {
    switch self {
    case .log(let error): error.description
    }
  }
}
