import ClientCore
import Daemon

/// Why a command ends without having done what it was asked to: one sentence for a person, and the exit status.
public struct ToolFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
  public var status: ExitStatus

  public init(_ description: String, status: ExitStatus = .failure) {
    self.description = description
    self.status = status
  }

  public init(_ error: ClientError) {
    switch error.reason {
    case .unreachable(let brokers, let reason):
      self.init(
        "no broker answers at \(brokers.map(\.description).joined(separator: ", ")): \(reason); start one "
          + "(`splashdam up`), or name another with --brokers or SPLASHDAM_BROKERS", status: .unavailable)
    case .connectFailed, .connectionLost, .timedOut: self.init(error.description, status: .unavailable)
    case .refused(.unknownTopicOrPartition, _):
      self.init("\(error); `splashdam topics list` shows the topics there are")
    case .refused(.groupIDNotFound, _):
      self.init("\(error); `splashdam groups list` shows the groups there are")
    default: self.init(error.description)
    }
  }
}
