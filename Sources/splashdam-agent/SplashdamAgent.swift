import AgentRuntime
import ArgumentParser
import Daemon
import Glibc

@main
struct SplashdamAgent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: AgentProgram.name, abstract: "Follows log files and the journal, and sends their lines to a broker.",
    discussion: """
      Every value of the configuration can also come from the environment: SPLASHDAM_STATE_DIR for state_dir, \
      SPLASHDAM_SOURCES_0_TOPIC for the topic of the first source.
      """, version: SplashdamVersion.text)

  @Option(
    name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config = "/etc/splashdam/agent.yaml"

  @Flag(name: .long, help: "Check the configuration and end.")
  var check = false

  func run() throws {
    let signals = SignalWaiter.block()
    let program = AgentProgram(configurationPath: config)
    if check { return }
    Glibc.exit(program.run(signals).rawValue)
  }
}
