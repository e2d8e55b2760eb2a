import ArgumentParser
import ClientCore
import Tool

struct TopicsDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete topics with everything in them.",
    discussion: """
      EXAMPLES
        splashdam topics delete scratch
      """)

  @OptionGroup var cluster: BrokerOptions

  @Argument(help: ArgumentHelp("Names of the topics.", valueName: "topic"))
  var topics: [String]

  func validate() throws {
    if topics.isEmpty { throw ValidationError("name at least one topic") }
  }

  func run() async throws {
    let outcomes = try await cluster.withCluster { cluster throws(ToolFailure) in
      try await orFail { () throws(ClientError) in try await cluster.admin.deleteTopics(topics) }
    }
    try report(outcomes, of: topics) { "deleted \($0)" }
  }
}
