import ArgumentParser
import ClientCore
import Tool

struct GroupsDescribe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Show members of groups and how far each partition is read.",
    discussion: """
      COMMITTED is the offset the group reads on from, END the partition's end, LAG what lies between.

      EXAMPLES
        splashdam groups describe plain-files
        splashdam groups describe plain-files --json | jq '.[0].lag'
      """)

  @OptionGroup var cluster: BrokerOptions

  @Argument(help: ArgumentHelp("Names of the groups.", valueName: "group"))
  var groups: [String]

  @Flag(help: "Print one JSON array.")
  var json = false

  func validate() throws {
    if groups.isEmpty { throw ValidationError("name at least one group") }
  }

  func run() async throws {
    let all = try await cluster.withCluster { cluster throws(ToolFailure) in
      try await orFail { () throws(ClientError) in
        var all: [GroupDescription] = []
        for group in groups { all.append(try await cluster.admin.describeGroup(group)) }
        return all
      }
    }
    let found = all.filter { $0.state != "Dead" }
    try StandardOutput.write(
      json
        ? GroupDescription.json(found)
        : found.map { $0.details(for: .standardOutput) }.joined(separator: "\n"))
    let missing = all.filter { $0.state == "Dead" }.map(\.id)
    if !missing.isEmpty {
      throw ToolFailure(
        "no such group: \(missing.joined(separator: ", ")); `splashdam groups list` shows those there are")
    }
  }
}
