import ArgumentParser
import Daemon
import Tool

struct LogDumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Show batches and records, indexes, leader epochs and producers of a stopped broker.",
    discussion: """
      Records of __consumer_offsets are decoded. Damaged parts are named and stepped over.

      EXAMPLES
        splashdam log dump data/nginx-0 --no-records
        splashdam log dump data/nginx-0/00000000000000000000.log --json | jq -r 'select(.kind == "record").value'
      """)

  @Argument(help: ArgumentHelp("A data directory, a partition's, or a file in one.", valueName: "dir"))
  var directory: String

  @Flag(help: "Print one JSON object on each line.")
  var json = false

  @Flag(inversion: .prefixedNo, help: "Show the records of the batches.")
  var records = true

  func run() throws {
    var dump = LogDump(
      try StoppedBroker(directory), showsRecords: records, asJSON: json, for: .standardOutput)
    try dump.run()
  }
}
