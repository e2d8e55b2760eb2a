import ArgumentParser
import Base
import ClientCore
import Tool

struct TopicsDescribe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Show partitions, offsets and configs of topics.",
    discussion: """
      EXAMPLES
        splashdam topics describe nginx
        splashdam topics describe nginx --json | jq '.[0].configs'
      """)

  @OptionGroup var cluster: BrokerOptions

  @Argument(help: ArgumentHelp("Names of the topics.", valueName: "topic"))
  var topics: [String]

  @Flag(help: "Print one JSON array, with all configs.")
  var json = false

  func validate() throws {
    if topics.isEmpty { throw ValidationError("name at least one topic") }
  }

  func run() async throws {
    let (found, missing) = try await cluster.withCluster { cluster throws(ToolFailure) in try await gather(cluster) }
    if json {
      var writer = JSONWriter()
      writer.beginArray()
      for (topic, configs) in found { topic.appendJSON(configs, to: &writer) }
      writer.endArray()
      writer.endLine()
      try StandardOutput.write(writer.bytes)
    } else {
      let texts = found.map { $0.details($1, for: .standardOutput) }
      try StandardOutput.write(texts.joined(separator: "\n"))
    }
    try fail(missing.map { ToolFailure($0) }, of: topics.count, "cannot be described")
  }

  private func gather(
    _ cluster: Cluster
  ) async throws(ToolFailure) -> (found: [(TopicSummary, [ConfigEntry])], missing: [ClientError]) {
    let admin = cluster.admin
    let described = try await orFail { () throws(ClientError) in try await admin.describeTopics(topics) }
    var found: [TopicDescription] = []
    var missing: [ClientError] = []
    for topic in topics {
      switch described[topic] {
      case .success(let description): found.append(description)
      case .failure(let error): missing.append(error)
      case nil: missing.append(ClientError(.malformed("it says nothing of this topic"), subject: topic))
      }
    }
    var result: [(TopicSummary, [ConfigEntry])] = []
    for summary in try await TopicSummary.gather(found, admin) {
      let name = summary.description.name
      let configs = try await orFail { () throws(ClientError) in try await admin.describeConfigs(.topic(name)) }
      result.append((summary, configs))
    }
    return (result, missing)
  }
}
