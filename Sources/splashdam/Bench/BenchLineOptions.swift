import ArgumentParser
import Tool

/// What load generators send.
struct BenchLineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send lines of this file.", discussion: "Without it words of logs, made up from a seed.", valueName: "file"),
    completion: .file())
  var lines: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of each value.", discussion: "Default: the lines as they are; 200 for made up ones."))
  var recordSize: Int?

  @Option(help: "Seed of the lines made up.")
  var seed: UInt64 = 1

  func validate() throws {
    if let recordSize, !(1...1_000_000).contains(recordSize) {
      throw ValidationError("--record-size: expected 1 to 1000000, found \(recordSize)")
    }
  }

  func load() throws(ToolFailure) -> BenchLines {
    if let lines { return try BenchLines(file: lines, recordSize: recordSize) }
    return try BenchLines(madeFrom: seed, recordSize: recordSize ?? 200)
  }
}
