import Glibc
import Testing
import Tool

/// `splashdam up` as a real process with stand-ins for its parts.
@Suite(.serialized) struct UpTests {
  private let programs: TemporaryPrograms

  init() throws {
    programs = try TemporaryPrograms()
    try programs.writeAll()
  }

  private func start(_ arguments: [String] = ["/var/log/*.log"]) throws -> ProgramRun {
    let (port, socket) = try TemporaryPrograms.freePort()
    close(socket)
    return try ProgramRun(
      "\(programs.directory)/splashdam", ["up", "--state", programs.state, "--port", "\(port)"] + arguments,
      outputs: programs.directory)
  }

  @Test func runsAllPartsAndEndsThemInOrder() throws {
    try programs.write("splashdam-sink", afterStart: #"print("a record", flush=True)"#)
    let up = try start()
    try up.eventually { up.errors.contains("all parts are ready") && up.output.contains("record") }
    kill(up.identifier, SIGINT)
    #expect(try up.waitForEnd() == 0)
    #expect(up.output == "sink   | a record\n")
    #expect(programs.ends == ["splashdam-agent", "splashdam-sink", "splashdam-broker"])
    #expect(up.errors.contains("broker | splashdam-broker started with --data \(programs.state)/broker --listen 127."))
    #expect(up.errors.contains("agent  | splashdam-agent started with --config \(programs.state)/agent.yaml"))
    #expect(up.errors.contains("data under \(programs.state)"))
    let configuration = ProgramRun.content("\(programs.state)/agent.yaml")
    #expect(configuration.contains(#"include: ["/var/log/*.log"]"#))
  }

  @Test func startsTheOthersOnlyWhenTheBrokerIsReady() throws {
    try programs.write(
      "splashdam-broker", afterStart: #"print("ready before:", os.listdir(os.path.dirname(sys.argv[0])))"#)
    let up = try start()
    try up.eventually { up.errors.contains("all parts are ready") }
    let lines = up.errors.split(separator: "\n")
    let broker = try #require(lines.firstIndex { $0.contains("splashdam-broker started") })
    let sink = try #require(lines.firstIndex { $0.contains("splashdam-sink started") })
    #expect(broker < sink)
    kill(up.identifier, SIGTERM)
    #expect(try up.waitForEnd() == 0)
  }

  @Test func tellsWhichPartDiedAndWhy() throws {
    try programs.write(
      "splashdam-agent",
      afterStart: #"await_part("splashdam-sink"); print("agent.yaml:3: unknown key", file=sys.stderr); sys.exit(78)"#)
    let up = try start()
    #expect(try up.waitForEnd() == 78)
    #expect(up.errors.contains("the agent ended with status 78, a wrong configuration"))
    #expect(up.errors.contains("    agent.yaml:3: unknown key\n"))
    #expect(up.errors.contains("is kept under \(programs.state)"))
    #expect(programs.ends == ["splashdam-sink", "splashdam-broker"])
  }

  @Test func tellsWhichPartWasKilled() throws {
    try programs.write(
      "splashdam-sink", afterStart: "await_part('splashdam-agent'); os.kill(os.getpid(), signal.SIGKILL)")
    let up = try start()
    #expect(try up.waitForEnd() == 1)
    #expect(up.errors.contains("the sink was killed by signal 9"))
    #expect(programs.ends == ["splashdam-agent", "splashdam-broker"])
  }

  @Test func killsWhenAskedTwice() throws {
    try programs.write("splashdam-agent", onTerminate: "return")
    let up = try start()
    try up.eventually { up.errors.contains("all parts are ready") }
    kill(up.identifier, SIGINT)
    try up.eventually { programs.ends == ["splashdam-agent"] }
    kill(up.identifier, SIGINT)
    #expect(try up.waitForEnd() == 130)
    #expect(programs.ends == ["splashdam-agent"])
  }

  @Test func takesThePartsAlongWhenItIsKilled() throws {
    let up = try start()
    try up.eventually { up.errors.contains("all parts are ready") }
    kill(up.identifier, SIGKILL)
    #expect(try up.waitForEnd() == 1009)
    try up.eventually {
      programs.ends.sorted() == ["splashdam-agent", "splashdam-broker", "splashdam-sink"]
    }
  }

  @Test func givesPartsFreshSignals() throws {
    try programs.write(
      "splashdam-broker",
      afterStart: """
        print("blocked:", len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), file=sys.stderr); \
        print("group:", os.getpgid(0) == os.getpid(), file=sys.stderr, flush=True)
        """)
    let up = try start()
    try up.eventually { up.errors.contains("all parts are ready") && up.errors.contains("group:") }
    #expect(up.errors.contains("broker | blocked: 0\n"))
    #expect(up.errors.contains("broker | group: True\n"))
    kill(up.identifier, SIGTERM)
    #expect(try up.waitForEnd() == 0)
  }

  @Test func refusesAPortInUse() throws {
    let (port, socket) = try TemporaryPrograms.freePort()
    defer { close(socket) }
    let up = try ProgramRun(
      "\(programs.directory)/splashdam", ["up", "--state", programs.state, "--port", "\(port)"],
      outputs: programs.directory)
    #expect(try up.waitForEnd() == 69)
    #expect(up.errors.hasPrefix("splashdam: port \(port) of 127.0.0.1 is in use by another program"))
    #expect(up.errors.split(separator: "\n").count == 1)
  }

  @Test func refusesAStateDirectoryInUse() throws {
    let first = try start()
    try first.eventually { first.errors.contains("all parts are ready") }
    let second = try start(["/other.log"])
    #expect(try second.waitForEnd() == 69)
    #expect(second.errors.contains("another `splashdam up` keeps its state in \(programs.state)"))
    #expect(second.errors.split(separator: "\n").count == 1)
    #expect(!ProgramRun.content("\(programs.state)/agent.yaml").contains("/other.log"))
    kill(first.identifier, SIGTERM)
    #expect(try first.waitForEnd() == 0)
  }

  @Test func saysWhatItLeavesOut() throws {
    let directory = programs.directory
    #expect(UpSurroundings.journal(in: ["\(directory)/none"]) == .absent)
    #expect(UpSurroundings.problem(of: directory)?.contains("is a directory") == true)
    #expect(UpSurroundings.problem(of: "\(directory)/splashdam") == nil)
    #expect(UpSurroundings.problem(of: "\(directory)/*.log") == nil)
    #expect(UpSurroundings.problem(of: "\(directory)/later.log")?.contains("once it does") == true)
    for path in ["\(directory)/journals", "\(directory)/journals/machine"] { try #require(mkdir(path, 0o700) == 0) }
    #expect(UpSurroundings.journal(in: ["\(directory)/journals"]) == .absent)
    let file = try #require(fopen("\(directory)/journals/machine/system.journal", "w"))
    fclose(file)
    #expect(UpSurroundings.journal(in: ["\(directory)/none", "\(directory)/journals"]) == .readable)
  }

  @Test func missesItsParts() throws {
    try #require(unlink("\(programs.directory)/splashdam-sink") == 0)
    let up = try start()
    #expect(try up.waitForEnd() == 1)
    #expect(up.errors.contains("cannot run \(programs.directory)/splashdam-sink: No such file or directory"))
  }

  @Test func tellsThatAPartCannotBeRun() throws {
    let path = "\(programs.directory)/splashdam-agent"
    let file = try #require(fopen(path, "w"))
    fputs("#!/nowhere/at/all\n", file)
    fclose(file)
    let up = try start()
    #expect(try up.waitForEnd() == 1)
    #expect(up.errors.contains("the agent cannot be started: cannot run \(path): No such file or directory"))
    #expect(programs.ends.last == "splashdam-broker")
  }

  @Test(arguments: [["up", "--port", "0"], ["up", "--prot", "1"], ["nothing"], ["up", ""]])
  func refusesBadUsage(arguments: [String]) throws {
    let run = try ProgramRun("\(programs.directory)/splashdam", arguments, outputs: programs.directory)
    #expect(try run.waitForEnd() == 64)
    #expect(run.output.isEmpty)
  }

  @Test func guessesTheCommandMeant() throws {
    for (arguments, told) in [
      (["topcis", "list"], "splashdam: splashdam has no command \"topcis\"; did you mean topics?\n"),
      (["topics", "crate", "x"], "splashdam: splashdam topics has no command \"crate\"; did you mean create?\n"),
      (["groups", "zzz"], "splashdam: splashdam groups has no command \"zzz\"; there are list, describe, delete\n"),
    ] {
      let run = try ProgramRun("\(programs.directory)/splashdam", arguments, outputs: programs.directory)
      #expect(try run.waitForEnd() == 64)
      #expect(run.errors == told)
    }
  }

  @Test func quotesFilesInTheConfiguration() {
    let plan = UpPlan(
      programDirectory: "/p", stateDirectory: "/s \"x\"", port: 1, files: ["/a\"b\\c", "/d"], includesJournal: true)
    #expect(plan.agentConfiguration.contains(#"include: ["/a\"b\\c", "/d"]"#))
    #expect(plan.agentConfiguration.contains(#"state_dir: "/s \"x\"/agent""#))
    #expect(plan.agentConfiguration.contains("type: journald"))
    #expect(plan.sinkConfiguration.contains("topics: [files, journal]"))
  }
}
