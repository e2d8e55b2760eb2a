import AgentCore
import Base
import Configuration
import Daemon
import DiskIO

/// `splashdam-agent` from its configuration file to its exit status.
public struct AgentProgram: Sendable {
  public static let name = "splashdam-agent"

  private let configuration: AgentConfiguration
  private let log: Log

  /// Reads the configuration; ends the process when that is not possible.
  public init(configurationPath path: String) {
    let document: ConfigurationDocument
    do throws(ConfigurationError) {
      document = try ConfigurationDocument.load(path: path)
      configuration = try AgentConfiguration(reading: document, host: hostName())
    } catch {
      ExitStatus.configuration.exit(program: Self.name, because: error.description)
    }
    log = Log.standardError(level: configuration.logLevel)
    for (name, nearest) in document.environment.unusedVariables() {
      let hint = nearest.map { "; did you mean \($0)?" } ?? ""
      log.warning("environment variable \(name) means nothing to the agent\(hint)")
    }
  }

  /// Runs until a signal ends it. `signals` were blocked before any thread began.
  public func run(_ signals: SignalWaiter) -> ExitStatus {
    let files = RealFileSystem()
    let lock: DirectoryLock
    do throws(FileError) {
      try files.createDirectory(configuration.stateDirectory)
      lock = try DirectoryLock(configuration.stateDirectory)
    } catch {
      let status: ExitStatus = error.isPermissionDenied ? .noPermission : error.isLocked ? .unavailable : .inputOutput
      status.exit(program: Self.name, because: "state_dir: \(error)")
    }
    defer { withExtendedLifetime(lock) {} }
    raiseOpenFileLimit()
    do throws(AgentError) {
      let inbox = DeliveryInbox(wakeup: try Wakeup())
      let producer = KafkaRecordProducer(configuration, inbox: inbox, log: log)
      let agent = try Agent(
        configuration, files: files, inbox: inbox, producer: producer, log: log, notifier: SystemdNotifier(log: log))
      signals.start { signal in
        // There is nothing to reload; a terminal that goes away is no reason to end.
        if signal != .hangUp { inbox.stop() }
      }
      log.notice(
        "started",
        [
          "brokers": configuration.brokers.map(\.description).joined(separator: ","), "host": configuration.host,
          "state_dir": configuration.stateDirectory, "sources": configuration.sources.count,
        ])
      return agent.run()
    } catch {
      ExitStatus.inputOutput.exit(program: Self.name, because: error.description)
    }
  }
}
