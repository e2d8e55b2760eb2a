import ArgumentParser
import ClientCore
import Glibc
import Tool

struct Produce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send each line of stdin as a record.",
    discussion: """
      The bytes of a line, without its end, become the record's value. Ends with status 1 when a record could not be \
      delivered, and says how many.

      EXAMPLES
        splashdam produce --topic nginx < access.log
        echo 'alice:hello' | splashdam produce -t chat --key-separator :
        splashdam produce -t app --header host=web1 --codec zstd < app.log
      """)

  @OptionGroup var cluster: BrokerOptions

  @Option(name: .shortAndLong, help: "The topic; it is created where the broker allows that.")
  var topic: String

  @Option(
    help: ArgumentHelp(
      "What stands before it in a line is the key.",
      discussion: "A line without it has no key. \\t stands for a tab.", valueName: "text"))
  var keySeparator: String?

  @Option(
    name: .shortAndLong, help: "The partition; else the key chooses, or without one a batch goes to each in turn.")
  var partition: Int32?

  @Option(help: ArgumentHelp("A header of each record; may repeat.", valueName: "name=value"))
  var header: [ConfigArgument] = []

  @Option(help: "Who must have a record before it counts as delivered.")
  var acks = AcknowledgementArgument.all

  @Option(help: "Compression of batches.")
  var codec = CodecArgument.lz4

  @Flag(name: .shortAndLong, help: "Say nothing when all went well.")
  var quiet = false

  func validate() throws {
    if let problem = TopicName.problem(of: topic) { throw ValidationError(problem) }
    if keySeparator == "" { throw ValidationError("--key-separator is not empty") }
    if let partition, partition < 0 { throw ValidationError("--partition: expected 0 or more, found \(partition)") }
  }

  func run() async throws {
    var produce = ProduceRun(topic: topic)
    produce.partition = partition
    produce.keySeparator = keySeparator.flatMap { KeySeparator($0) }
    for header in header { produce.headers.append(key: header.name, value: Array(header.value.utf8)) }
    produce.options.compression = codec.compression
    acks.apply(to: &produce.options)
    let counts = try await cluster.withCluster { [produce] cluster throws(ToolFailure) in
      try await produce.run(cluster.client, lines: STDIN_FILENO)
    }
    for reason in counts.reasons { StandardOutput.tell("splashdam: \(reason)") }
    guard counts.failed == 0 else {
      throw ToolFailure("\(counts.failed.grouped) records were not delivered, \(counts.delivered.grouped) were")
    }
    if !quiet { StandardOutput.tell("\(counts.delivered.grouped) records delivered to \(topic)") }
  }
}
