import ArgumentParser
import ClientCore
import Tool

struct GroupsDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete groups that have no members, with their offsets.",
    discussion: """
      EXAMPLES
        splashdam groups delete old-sink
      """)

  @OptionGroup var cluster: BrokerOptions

  @Argument(help: ArgumentHelp("Names of the groups.", valueName: "group"))
  var groups: [String]

  func validate() throws {
    if groups.isEmpty { throw ValidationError("name at least one group") }
  }

  func run() async throws {
    let outcomes = try await cluster.withCluster { cluster throws(ToolFailure) in
      var outcomes: [String: Result<Void, ClientError>] = [:]
      for group in groups {
        do throws(ClientError) {
          outcomes[group] = .success(try await cluster.admin.deleteGroup(group))
        } catch {
          outcomes[group] = .failure(error)
        }
      }
      return outcomes
    }
    try report(outcomes, of: groups) { "deleted \($0)" }
  }
}
