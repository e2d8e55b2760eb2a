import Base
import Supervisor

/// What `splashdam up` runs, and the configurations it writes for that.
public struct UpPlan: Sendable, Hashable {
  /// Topics that the agent's sources go to.
  public static let fileTopic = "files"
  public static let journalTopic = "journal"

  /// Where the three programs are.
  public var programDirectory: String
  public var stateDirectory: String
  public var port: Int
  /// Absolute paths or globs.
  public var files: [String]
  public var includesJournal: Bool

  public init(programDirectory: String, stateDirectory: String, port: Int, files: [String], includesJournal: Bool) {
    self.programDirectory = programDirectory
    self.stateDirectory = stateDirectory
    self.port = port
    self.files = files
    self.includesJournal = includesJournal
  }

  public var brokerAddress: String { "127.0.0.1:\(port)" }
  public var brokerDirectory: String { "\(stateDirectory)/broker" }
  public var agentDirectory: String { "\(stateDirectory)/agent" }
  public var agentConfigurationPath: String { "\(stateDirectory)/agent.yaml" }
  public var sinkConfigurationPath: String { "\(stateDirectory)/sink.yaml" }

  private var topics: [String] {
    (files.isEmpty ? [] : [Self.fileTopic]) + (includesJournal ? [Self.journalTopic] : [])
  }

  public var agentConfiguration: String {
    var text = """
      # Written by `splashdam up` at each start.
      brokers: [\(brokerAddress.quoted)]
      state_dir: \(agentDirectory.quoted)
      sources:

      """
    if !files.isEmpty {
      text += """
          - type: file
            include: [\(files.map(\.quoted).joined(separator: ", "))]
            topic: \(Self.fileTopic)

        """
    }
    if includesJournal {
      text += """
          - type: journald
            topic: \(Self.journalTopic)

        """
    }
    return text
  }

  public var sinkConfiguration: String {
    """
    # Written by `splashdam up` at each start.
    brokers: [\(brokerAddress.quoted)]
    group: splashdam-up
    topics: [\(topics.joined(separator: ", "))]
    output:
      type: stdout

    """
  }

  /// The broker first, because the others need it.
  public var programs: [ChildProgram] {
    [
      ChildProgram(
        name: "broker", path: "\(programDirectory)/splashdam-broker",
        // One sink is all the members there will be: no use in waiting for others.
        arguments: [
          "--data", brokerDirectory, "--listen", brokerAddress, "--set", "group.initial.rebalance.delay.ms=0",
        ], colour: 33),
      ChildProgram(
        name: "agent", path: "\(programDirectory)/splashdam-agent", arguments: ["--config", agentConfigurationPath],
        colour: 36),
      ChildProgram(
        name: "sink", path: "\(programDirectory)/splashdam-sink", arguments: ["--config", sinkConfigurationPath],
        output: .standardOutput, colour: 32),
    ]
  }

  /// The agent first, then the sink, the broker last: each can still hand over what it has.
  public static let endingOrder = [1, 2, 0]
}

extension String {
  /// As a text in double quotes, the same in YAML and JSON.
  fileprivate var quoted: String {
    var writer = JSONWriter()
    writer.string(self)
    return writer.text
  }
}
