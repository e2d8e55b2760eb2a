import AgentCore
import AgentRuntime
import Base
import Configuration
import Daemon
import DiskIO
import Glibc
import Synchronization
import Testing

/// An agent on a thread of its own, over real files below a temporary directory.
final class RunningAgent<Producer: RecordProducer & SendableMetatype>: Sendable {
  let inbox: DeliveryInbox
  /// Of one that is not made for several threads the agent's alone may use it.
  nonisolated(unsafe) let producer: Producer
  private let result = Mutex<(status: Daemon.ExitStatus, rounds: Int)?>(nil)

  init(
    _ directory: TemporaryDirectory, sources: String, broker: String,
    makeProducer: (AgentConfiguration, DeliveryInbox, Log) -> Producer
  ) throws {
    let text = """
      brokers: ["\(broker)"]
      state_dir: \(directory.path)/state
      stop_timeout: 1s
      # Longer than any test: what it hears of, it hears of by inotify.
      scan_interval: 10min
      sources:
      \(sources)
      """
    let document = try ConfigurationDocument(parsing: Array(text.utf8), name: "test.yaml")
    let configuration = try AgentConfiguration(reading: document, host: "h1")
    let files = RealFileSystem()
    try files.createDirectory(configuration.stateDirectory)
    let inbox = DeliveryInbox(wakeup: try Wakeup())
    let log = Log(descriptor: directory.log, level: .debug, style: .plain)
    let producer = makeProducer(configuration, inbox, log)
    self.inbox = inbox
    self.producer = producer
    // Made here, so that what is wrong is thrown here; used by its thread alone.
    nonisolated(unsafe) let agent = try Agent(
      configuration, files: files, inbox: inbox, producer: producer, log: log, notifier: SystemdNotifier(log: log))
    startThread(name: "agent") { [self] in
      let status = agent.run()
      result.withLock { $0 = (status, agent.rounds) }
    }
  }

  /// Ends it and waits; returns how it ended and how often it woke.
  @discardableResult
  func stop() async throws -> (status: Daemon.ExitStatus, rounds: Int) {
    inbox.stop()
    try await eventually("the agent ends") { self.result.withLock { $0 != nil } }
    return try #require(result.withLock { $0 })
  }
}

extension RunningAgent where Producer == FakeProducer {
  convenience init(
    _ directory: TemporaryDirectory, sources: String, answer: FakeProducer.Answer = .acknowledge, limit: Int = .max
  ) throws {
    try self.init(directory, sources: sources, broker: "nowhere") { _, inbox, _ in
      FakeProducer(inbox, answer: answer, limit: limit)
    }
  }
}

/// Waits until a condition holds; a failed expectation when it does not within ten seconds.
func eventually(_ what: String, _ condition: @Sendable () throws -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(20)
  while try !condition() {
    try #require(ContinuousClock.now < end, "\(what): did not come")
    try await Task.sleep(for: .milliseconds(5))
  }
}
