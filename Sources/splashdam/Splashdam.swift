import ArgumentParser
import Daemon
import Tool

/// The operator's tool.
@main struct Splashdam: AsyncParsableCommand {
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
      Up.self, Topics.self, Groups.self, Produce.self, Consume.self, Bench.self, Version.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as ToolFailure {
      failure.status.exit(program: "splashdam", because: failure.description)
    } catch {
      exit(withError: error)
    }
  }
}
