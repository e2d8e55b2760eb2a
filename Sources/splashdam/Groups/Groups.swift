import ArgumentParser

struct Groups: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List and describe consumer groups, with their lag.",
    discussion: """
      EXAMPLES
        splashdam groups list
        splashdam groups describe plain-files
      """,
    subcommands: [GroupsList.self, GroupsDescribe.self, GroupsDelete.self],
    defaultSubcommand: GroupsList.self)
}
