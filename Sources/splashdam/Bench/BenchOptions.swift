import ArgumentParser
import Tool

/// What all load generators share.
struct BenchOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The topic; it is created unless it is there.")
  var topic = "bench"

  @Option(help: "Measure this process, the broker, too.")
  var brokerPid: Int32?

  @Flag(help: "Print one JSON object.")
  var json = false

  func print(_ result: BenchResult) throws(ToolFailure) {
    try StandardOutput.write(json ? result.json : result.text)
    if result.failed > 0 { throw ToolFailure("\(result.failed) failed") }
  }
}
