import ArgumentParser
import Records
import Tool

struct BenchMany: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "many", abstract: "Send small keyed batches now and then on many connections.",
    discussion: """
      Each connection sends a request in each interval, for some partition, whatever became of those before. Latency \
      counts from when a request was due. --bare measures the same against a server within this process that answers \
      and stores nothing, and needs no broker.

      EXAMPLES
        splashdam bench many --connections 2000 --interval 100 --partitions 200
        splashdam bench many --bare
      """)

  @OptionGroup var cluster: BrokerOptions
  @OptionGroup var bench: BenchOptions
  @OptionGroup var values: BenchLineOptions

  @Option(help: "How many connections.")
  var connections = 2000

  @Option(help: "Milliseconds between two requests of a connection.")
  var interval = 100

  @Option(help: "Seconds that are measured, after two that are not.")
  var seconds = 15

  @Option(help: "Records of each request.")
  var recordsPerRequest = 5

  @Option(help: "Partitions of the topic when it is created.")
  var partitions: Int32 = 200

  @Option(help: "Compression of batches.")
  var codec = CodecArgument.lz4

  @Flag(help: "Measure a server that stores nothing instead of a broker.")
  var bare = false

  func validate() throws {
    for (name, value, range) in [
      ("connections", connections, 1...50_000), ("interval", interval, 1...60_000), ("seconds", seconds, 1...86_400),
      ("records-per-request", recordsPerRequest, 1...1000), ("partitions", Int(partitions), 1...10_000),
    ] where !range.contains(value) {
      throw ValidationError("--\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
    }
  }

  func run() async throws {
    var run = ManyConnectionsBench(lines: try values.load())
    run.topic = bench.topic
    run.partitions = partitions
    run.connections = connections
    run.intervalMilliseconds = interval
    run.seconds = seconds
    run.recordsPerRequest = recordsPerRequest
    run.compression = codec.compression
    run.seed = values.seed
    run.brokerIdentifier = bench.brokerPid
    if bare { return try bench.print(try await run.runBare()) }
    let result = try await cluster.withCluster { [run] cluster throws(ToolFailure) in try await run.run(cluster) }
    try bench.print(result)
  }
}
