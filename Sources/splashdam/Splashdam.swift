import ArgumentParser
import Daemon
import Tool

/// The operator's tool.
struct Splashdam: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "splashdam",
    abstract: "Collects logs and looks after what collects them.",
    discussion: """
      EXAMPLES
        splashdam up /var/log/nginx/*.log      run everything here and watch
        splashdam topics list                  what is there
        splashdam consume -t nginx --follow    what arrives
        splashdam groups describe plain-files  who reads, and how far behind

      Brokers are named with --brokers or SPLASHDAM_BROKERS; without them it is 127.0.0.1:9092.

      Shell completions, as for fish and zsh:
        splashdam --generate-completion-script bash
      """,
    version: SplashdamVersion.text,
    subcommands: [
      Up.self, Topics.self, Groups.self, Produce.self, Consume.self, LogCommand.self, Bench.self, Version.self,
    ])

  /// Ends the process with what a person wants to know of an error, or of its absence.
  static func end(_ error: any Error) -> Never {
    if let failure = error as? ToolFailure {
      failure.status.exit(program: "splashdam", because: failure.description)
    }
    exit(withError: error)
  }
}
