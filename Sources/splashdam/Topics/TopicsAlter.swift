import ArgumentParser
import ClientCore
import Tool

struct TopicsAlter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alter", abstract: "Change a topic's configs or raise its number of partitions.",
    discussion: """
      EXAMPLES
        splashdam topics alter nginx --config retention.ms=86400000
        splashdam topics alter nginx --reset retention.ms
        splashdam topics alter nginx --partitions 12
      """)

  @OptionGroup var cluster: BrokerOptions

  @Argument(help: "Name of the topic.")
  var topic: String

  @Option(help: ArgumentHelp("A config to set, under Kafka's name; may repeat.", valueName: "name=value"))
  var config: [ConfigArgument] = []

  @Option(help: ArgumentHelp("A config to put back to its default; may repeat.", valueName: "name"))
  var reset: [String] = []

  @Option(help: "Partitions it shall have; more than now.")
  var partitions: Int32?

  func validate() throws {
    if config.isEmpty, reset.isEmpty, partitions == nil {
      throw ValidationError("nothing to change: give --config, --reset or --partitions")
    }
    if let partitions, partitions < 1 {
      throw ValidationError("--partitions: expected at least 1, found \(partitions)")
    }
  }

  func run() async throws {
    var changes: [String: String?] = [:]
    for name in reset { changes.updateValue(nil, forKey: name) }
    for config in config { changes.updateValue(config.value, forKey: config.name) }
    try await cluster.withCluster { [changes] cluster throws(ToolFailure) in
      try await orFail { () throws(ClientError) in
        if !changes.isEmpty { try await cluster.admin.alterConfigs(.topic(topic), changes) }
        if let partitions { try await cluster.admin.createPartitions(topic: topic, count: partitions) }
      }
    }
    try StandardOutput.write("altered \(topic)\n")
  }
}
