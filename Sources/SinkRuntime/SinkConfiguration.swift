import ClientCore
import Daemon
import SinkCore

/// What a sink is told to do.
public struct SinkConfiguration: Sendable {
  public enum Output: Sendable {
    case stdout(RecordFormat)
    case file(FileSinkSettings)
  }

  public var brokers: [BrokerAddress]
  public var group: GroupOptions
  public var logLevel: LogLevel
  /// Milliseconds from the first record taken to the flush.
  public var flushInterval: Int64
  /// Bytes collected at most before a flush.
  public var bufferSize: Int
  /// Milliseconds that the end may take.
  public var stopTimeout: Int64
  public var output: Output
}
