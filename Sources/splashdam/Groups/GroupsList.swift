import ArgumentParser
import ClientCore
import Tool

struct GroupsList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the groups, with members and lag.",
    discussion: """
      EXAMPLES
        splashdam groups list
        splashdam groups list --json | jq '.[] | select(.lag > 1000) | .group'
      """)

  @OptionGroup var cluster: BrokerOptions

  @Flag(help: "Print one JSON array, with everything that `describe` knows.")
  var json = false

  func run() async throws {
    let groups = try await cluster.withCluster { cluster throws(ToolFailure) in
      try await orFail { () throws(ClientError) in
        var groups: [GroupDescription] = []
        for listing in try await cluster.admin.listGroups() {
          groups.append(try await cluster.admin.describeGroup(listing.id))
        }
        return groups
      }
    }
    try StandardOutput.write(json ? GroupDescription.json(groups) : GroupDescription.list(groups, for: .standardOutput))
  }
}
