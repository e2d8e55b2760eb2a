import ArgumentParser
import Tool

struct BenchDrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Read all there is in a topic on several connections at once.",
    discussion: """
      Each connection reads everything and looks at the headers of batches only, so that what is measured is the broker's \
      cost of sending.

      EXAMPLES
        splashdam bench drain --connections 10 --broker-pid $(pidof splashdam-broker)
      """)

  @OptionGroup var cluster: BrokerOptions
  @OptionGroup var bench: BenchOptions

  @Option(help: "How many connections.")
  var connections = 10

  func validate() throws {
    guard (1...1000).contains(connections) else {
      throw ValidationError("--connections: expected 1 to 1000, found \(connections)")
    }
  }

  func run() async throws {
    var run = DrainBench()
    run.topic = bench.topic
    run.connections = connections
    run.brokerIdentifier = bench.brokerPid
    let result = try await cluster.withCluster { [run] cluster throws(ToolFailure) in try await run.run(cluster) }
    try bench.print(result)
  }
}
