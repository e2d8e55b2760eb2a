import ArgumentParser
import Daemon
import Glibc
import Supervisor
import Tool

/// Runs broker, agent and sink on this machine. Not asynchronous: the programs end with the thread that started them, so
/// that has to be the main one.
struct Up: ParsableCommand, ObeysSignals {
  static let configuration = CommandConfiguration(
    abstract: "Run a broker, an agent and a sink on this machine and show what they collect.",
    discussion: """
      The agent follows this machine's journal, where there is one it may read, and the files given. The sink prints each \
      line that arrives to stdout; everything else goes to stderr. Ctrl-C ends all three in order; the next run \
      continues where this one stopped.

      EXAMPLES
        splashdam up
        splashdam up /var/log/nginx/*.log app.log --port 19092
        splashdam up 2>/dev/null | grep -i error

      A glob in quotes is expanded again and again, so that it also finds files that come later.
      """)

  @Argument(
    help: ArgumentHelp("Files or globs to follow.", discussion: "Without any: /var/log/*.log", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where everything is kept.", discussion: "Default: $XDG_STATE_HOME/splashdam or ~/.local/state/splashdam",
      valueName: "directory"),
    completion: .directory)
  var state: String?

  @Option(help: "The broker's port on 127.0.0.1.")
  var port = 9092

  @Flag(help: "Leave this machine's journal out.")
  var noJournal = false

  func validate() throws {
    guard (1...65535).contains(port) else { throw ValidationError("--port: expected 1 to 65535, found \(port)") }
    for file in files where file.isEmpty { throw ValidationError("a file's name is not empty") }
  }

  func run() throws {
    let journal = UpSurroundings.journal()
    let plan = UpPlan(
      programDirectory: try UpSurroundings.programDirectory(),
      stateDirectory: try UpSurroundings.absolute(try state ?? UpSurroundings.defaultStateDirectory()), port: port,
      files: try (files.isEmpty ? ["/var/log/*.log"] : files).map { try UpSurroundings.absolute($0) },
      includesJournal: !noJournal && journal == .readable)
    try UpSurroundings.check(plan)
    try UpSurroundings.checkPort(plan.port)
    let lock = try UpSurroundings.lock(plan)
    defer { withExtendedLifetime(lock) {} }
    try UpSurroundings.prepare(plan)
    let narrator = UpNarrator(plan, terminal: .standardError)
    for line in narrator.introduction { StandardOutput.tell(line) }
    if !noJournal { journal.problem.map { StandardOutput.tell("splashdam: \($0)") } }
    for file in plan.files { UpSurroundings.problem(of: file).map { StandardOutput.tell("splashdam: \($0)") } }
    let shell = try SupervisorShell(plan.programs, endingOrder: UpPlan.endingOrder) { report in
      for line in narrator.lines(for: report) { StandardOutput.tell(line) }
    }
    let status = shell.run(signals: ProcessSignals.waiter)
    StandardOutput.tell(narrator.conclusion(status: status))
    Glibc.exit(status)
  }
}
