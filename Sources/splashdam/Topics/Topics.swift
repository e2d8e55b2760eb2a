import ArgumentParser

struct Topics: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, create, describe, alter and delete topics.",
    discussion: """
      EXAMPLES
        splashdam topics list
        splashdam topics create nginx --partitions 6 --config retention.ms=86400000
        splashdam topics describe nginx
      """,
    subcommands: [
      TopicsList.self, TopicsCreate.self, TopicsDescribe.self, TopicsAlter.self, TopicsDelete.self,
    ],
    defaultSubcommand: TopicsList.self)
}
