import ArgumentParser
import Daemon
import Tool

struct LogRepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Mend the files of a stopped broker, as the broker would.",
    discussion: """
      Damaged parts of segments are moved to files that end in .damaged, indexes and checkpoints are made anew, a torn
      end is cut. Says what it did; nothing when all was sound.
      """)

  @Argument(help: ArgumentHelp("A data directory, or a partition's.", valueName: "dir"))
  var directory: String

  @Flag(help: "Only say what is damaged.")
  var dryRun = false

  func run() throws {
    let broker = try StoppedBroker(directory)
    if dryRun {
      try LogVerification(broker) { (verdict) throws(ToolFailure) in
        if verdict.isDamaged { try StandardOutput.write("would mend \(verdict.text(for: .standardOutput))") }
      }.run()
      return
    }
    try LogRepair(broker, now: systemClock().wall) { (note) throws(ToolFailure) in
      try StandardOutput.write(note + "\n")
    }.run()
  }
}
