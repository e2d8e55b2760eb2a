import ArgumentParser
import Daemon
import Glibc
import SinkRuntime

@main
struct SplashdamSink: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: SinkProgram.name, abstract: "Reads topics as a member of a group, and writes them to files or stdout.",
    discussion: """
      Every value of the configuration can also come from the environment: SPLASHDAM_STATE_DIR for state_dir, \
      SPLASHDAM_OUTPUT_PATH for the path of the output.
      """, version: SplashdamVersion.text)

  @Option(
    name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config = "/etc/splashdam/sink.yaml"

  @Flag(name: .long, help: "Check the configuration and end.")
  var check = false

  func run() throws {
    let signals = SignalWaiter.block()
    let program = SinkProgram(configurationPath: config)
    if check { return }
    // Tasks take after the first thread's priority, which is above the usual one; libdispatch may not raise the threads of
    // an ordinary user to it, and says so in the system's log for each.
    Task(priority: .medium) { Glibc.exit(await program.run(signals).rawValue) }
    // The task ends the process.
    while true { pause() }
  }
}
