import ArgumentParser
import ClientCore
import Tool

struct BenchProduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "produce", abstract: "Produce as fast as it goes, or at a fixed rate.",
    discussion: """
      Latency is the time from `send` to the acknowledgement; with --rate, from when the record was due, so that a stall \
      counts for all records it held up.

      EXAMPLES
        splashdam bench produce --lines access.log --record-size 200 --keys 1000
        splashdam bench produce --rate 2000 --linger 0 --records 60000 --json
      """)

  @OptionGroup var cluster: BrokerOptions
  @OptionGroup var bench: BenchOptions
  @OptionGroup var values: BenchLineOptions

  @Option(help: "How many records.")
  var records = 1_000_000

  @Option(help: "How many different keys; 0 for none.")
  var keys = 1000

  @Option(help: "Partitions of the topic when it is created.")
  var partitions: Int32 = 6

  @Option(help: "Records per second; else as fast as it goes.")
  var rate: Int?

  @Option(help: "Compression of batches.")
  var codec = CodecArgument.lz4

  @Option(help: "Who must have a record before it counts as delivered.")
  var acks = AcknowledgementArgument.all

  @Option(help: "Milliseconds that a record waits for others.")
  var linger = ProducerOptions().lingerMilliseconds

  @Option(help: "Bytes of a batch before compression.")
  var batchSize = ProducerOptions().batchSize

  @Option(help: "Requests in flight, 1 to 5.")
  var inFlight = ProducerOptions().inFlightLimit

  func validate() throws {
    for (name, value, range) in [
      ("records", records, 1...1_000_000_000), ("keys", keys, 0...10_000_000),
      ("partitions", Int(partitions), 1...10_000),
      ("rate", rate ?? 1, 1...10_000_000), ("linger", Int(linger), 0...60_000),
      ("batch-size", batchSize, 1...16_000_000),
      ("in-flight", inFlight, 1...5),
    ] where !range.contains(value) {
      throw ValidationError("--\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
    }
  }

  func run() async throws {
    var run = ProduceBench(lines: try values.load())
    run.topic = bench.topic
    run.partitions = partitions
    run.records = records
    run.keyCount = keys == 0 ? nil : keys
    run.rate = rate
    run.brokerIdentifier = bench.brokerPid
    run.options.compression = codec.compression
    run.options.lingerMilliseconds = linger
    run.options.batchSize = batchSize
    run.options.inFlightLimit = inFlight
    acks.apply(to: &run.options)
    let result = try await cluster.withCluster { [run] cluster throws(ToolFailure) in try await run.run(cluster) }
    try bench.print(result)
  }
}
