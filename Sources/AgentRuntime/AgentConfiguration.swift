import AgentCore
import ClientCore
import Daemon
import Journal
import Records

/// What an agent is told to do.
public struct AgentConfiguration: Sendable {
  public enum Source: Sendable {
    case file(FileSourceSettings)
    case journald(JournalSourceSettings)

    public var name: String {
      switch self {
      case .file(let settings): settings.name
      case .journald(let settings): settings.name
      }
    }
  }

  public var brokers: [BrokerAddress]
  /// Where positions are kept; one agent's own.
  public var stateDirectory: String
  public var host: String
  public var logLevel: LogLevel
  public var producer: ProducerOptions
  /// Milliseconds that acknowledgements are waited for at the end.
  public var stopTimeout: Int64
  /// Milliseconds between looks for files that no notification told of.
  public var scanInterval: Int64
  public var sources: [Source]
}
