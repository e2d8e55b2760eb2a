import Glibc

/// What the system refused to the supervisor itself.
public struct SupervisorError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  static func last(_ action: String) -> SupervisorError {
    SupervisorError(description: "cannot \(action): \(String(cString: strerror(errno)))")
  }
}
