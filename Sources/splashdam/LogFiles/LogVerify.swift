import ArgumentParser
import Base
import Daemon
import Tool

struct LogVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every file of a stopped broker; changes nothing.",
    discussion: "One line for each file. Exits with 1 when something is damaged.")

  @Argument(help: ArgumentHelp("A data directory, or a partition's.", valueName: "dir"))
  var directory: String

  @Flag(help: "Print one JSON object for each file.")
  var json = false

  func run() throws {
    let broker = try StoppedBroker(directory)
    var counts = (files: 0, damaged: 0)
    let json = json
    try LogVerification(broker) { (verdict) throws(ToolFailure) in
      counts.files += 1
      if verdict.isDamaged { counts.damaged += 1 }
      if json {
        var writer = JSONWriter()
        verdict.appendJSON(to: &writer)
        try StandardOutput.write(writer.bytes)
      } else {
        try StandardOutput.write(verdict.text(for: .standardOutput))
      }
    }.run()
    if counts.damaged > 0 { throw ToolFailure("\(counts.damaged) of \(counts.files) files are damaged") }
  }
}
