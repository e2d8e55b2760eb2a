import ArgumentParser
import ClientCore
import Tool

struct TopicsCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Create topics.",
    discussion: """
      EXAMPLES
        splashdam topics create nginx
        splashdam topics create nginx journal --partitions 6 --config retention.ms=86400000
      """)

  @OptionGroup var cluster: BrokerOptions

  @Argument(help: ArgumentHelp("Names of the topics.", valueName: "topic"))
  var topics: [String]

  @Option(help: ArgumentHelp("Partitions of each.", discussion: "Default: the broker's num.partitions."))
  var partitions: Int32?

  @Option(help: ArgumentHelp("Replicas of each partition.", discussion: "Default: the broker's choice."))
  var replicationFactor: Int16?

  @Option(help: ArgumentHelp("A config under Kafka's name; may repeat.", valueName: "name=value"))
  var config: [ConfigArgument] = []

  @Flag(help: "Only say whether it would work.")
  var dryRun = false

  func validate() throws {
    if topics.isEmpty { throw ValidationError("name at least one topic") }
    for topic in topics { if let problem = TopicName.problem(of: topic) { throw ValidationError(problem) } }
    if let partitions, partitions < 1 {
      throw ValidationError("--partitions: expected at least 1, found \(partitions)")
    }
    if let factor = replicationFactor, factor < 1 {
      throw ValidationError("--replication-factor: expected at least 1, found \(factor)")
    }
  }

  func run() async throws {
    let configs = Dictionary(config.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    let wanted = topics.map {
      NewTopic(name: $0, partitionCount: partitions, replicationFactor: replicationFactor, configs: configs)
    }
    let outcomes = try await cluster.withCluster { cluster throws(ToolFailure) in
      try await orFail { () throws(ClientError) in
        try await cluster.admin.createTopics(wanted, validateOnly: dryRun)
      }
    }
    try report(outcomes, of: topics) { dryRun ? "would create \($0)" : "created \($0)" }
  }
}
