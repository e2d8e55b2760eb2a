import ArgumentParser
import Tool

struct BenchSmall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "small", abstract: "Send small Produce requests on one connection.",
    discussion: """
      The requests are made beforehand and go to the partitions of one broker in turn, so that what is measured is \
      the broker's cost of a request.

      EXAMPLES
        splashdam bench small --broker-pid $(pidof splashdam-broker)
      """)

  @OptionGroup var cluster: BrokerOptions
  @OptionGroup var bench: BenchOptions
  @OptionGroup var values: BenchLineOptions

  @Option(help: "How many requests.")
  var requests = 100_000

  @Option(help: "Records of each.")
  var recordsPerRequest = 5

  @Option(help: "Requests in flight.")
  var inFlight = 5

  @Option(help: "Partitions of the topic when it is created.")
  var partitions: Int32 = 6

  @Option(help: "Compression of batches.")
  var codec = CodecArgument.lz4

  func validate() throws {
    for (name, value, range) in [
      ("requests", requests, 1...1_000_000_000), ("records-per-request", recordsPerRequest, 1...1000),
      ("in-flight", inFlight, 1...1000), ("partitions", Int(partitions), 1...10_000),
    ] where !range.contains(value) {
      throw ValidationError("--\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
    }
  }

  func run() async throws {
    var run = SmallRequestsBench(lines: try values.load())
    run.topic = bench.topic
    run.partitions = partitions
    run.requests = requests
    run.recordsPerRequest = recordsPerRequest
    run.inFlight = inFlight
    run.compression = codec.compression
    run.brokerIdentifier = bench.brokerPid
    let result = try await cluster.withCluster { [run] cluster throws(ToolFailure) in try await run.run(cluster) }
    try bench.print(result)
  }
}
