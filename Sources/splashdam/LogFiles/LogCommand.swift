import ArgumentParser

/// Named as users write it: `splashdam log …`.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Check, show and repair the files of a stopped broker.",
    discussion: """
      DIR is a broker's data directory, a partition's directory, or a file in one.

      EXAMPLES
        splashdam log verify /var/lib/splashdam/broker
        splashdam log dump /var/lib/splashdam/broker/nginx-0 --json
        splashdam log repair /var/lib/splashdam/broker --dry-run
      """,
    subcommands: [LogVerify.self, LogDumpCommand.self, LogRepairCommand.self])
}
