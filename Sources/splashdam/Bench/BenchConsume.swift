import ArgumentParser
import Tool

struct BenchConsume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consume", abstract: "Read all there is in a topic and decode every record.",
    discussion: """
      EXAMPLES
        splashdam bench consume --topic bench --broker-pid $(pidof splashdam-broker)
      """)

  @OptionGroup var cluster: BrokerOptions
  @OptionGroup var bench: BenchOptions

  func run() async throws {
    var run = ConsumeBench()
    run.topic = bench.topic
    run.brokerIdentifier = bench.brokerPid
    let result = try await cluster.withCluster { [run] cluster throws(ToolFailure) in try await run.run(cluster) }
    try bench.print(result)
  }
}
