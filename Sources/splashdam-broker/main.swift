import ArgumentParser
import BrokerServer
import Daemon

struct BrokerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "splashdam-broker",
    abstract: "Keeps logs in partitions and serves them over the Kafka protocol.",
    discussion: """
      Settings come from the command line, then from the file, then from their defaults. Their names are Kafka's: \
      num.partitions, log.retention.ms, …
      """,
    version: SplashdamVersion.text)

  @Option(
    help: ArgumentHelp("A file of settings, as etc/broker.yaml.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The directory of all data.", discussion: "Default: /var/lib/splashdam/broker", valueName: "dir"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Where to take connections; port 0 for any free one.", discussion: "Default: 127.0.0.1:9092",
      valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("What clients are told to connect to.", valueName: "host:port"))
  var advertise: String?

  @Option(
    help: ArgumentHelp(
      "ack: sync records to the disk before they are acknowledged; os: let the kernel write them when it likes.",
      valueName: "os|ack"))
  var flush: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("A setting; may be repeated.", valueName: "config=value"))
  var settings: [String] = []

  @Flag(help: "Check the settings and end.")
  var check = false

  func run() throws {
    var options = BrokerOptions()
    options.configurationPath = config
    options.dataDirectory = data
    options.listen = listen
    options.advertise = advertise
    options.flush = flush
    options.settings = settings
    if check { return BrokerProgram.check(options) }
    BrokerProgram.run(options, signals: signals)
  }
}

// Before any other thread runs.
let signals = SignalWaiter.block()
BrokerCommand.main()
