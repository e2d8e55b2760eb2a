import Records

/// Why a log was not compacted. It is as it was.
public enum CompactionError: Error, Sendable, Hashable, CustomStringConvertible {
  case log(LogError)
  /// A batch whose records cannot be read: which of them are superseded nobody knows.
  case undecodable(String, RecordBatchError)

  public var description: String {
    switch self {
    case .log(let error): error.description
    case .undecodable(let file, let error): "\(file) cannot be compacted: \(error)"
    }
  }
}
