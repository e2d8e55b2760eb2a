import ArgumentParser
import ClientCore
import Tool

struct TopicsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the topics, with partitions, replicas and records.",
    discussion: """
      EXAMPLES
        splashdam topics list
        splashdam topics list --json | jq -r '.[].name'
      """)

  @OptionGroup var cluster: BrokerOptions

  @Flag(help: "With the topics that brokers keep for themselves.")
  var includeInternal = false

  @Flag(help: "Print one JSON array.")
  var json = false

  func run() async throws {
    let topics = try await cluster.withCluster { cluster throws(ToolFailure) in
      let all = try await orFail { () throws(ClientError) in try await cluster.admin.listTopics() }
      return try await TopicSummary.gather(all.filter { includeInternal || !$0.isInternal }, cluster.admin)
    }
    try StandardOutput.write(json ? TopicSummary.json(topics) : TopicSummary.list(topics, for: .standardOutput))
  }
}
