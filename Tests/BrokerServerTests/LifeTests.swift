import Base
import BrokerCore
import BrokerServer
import Configuration
import Daemon
import Glibc
import KafkaProtocol
import Testing

@Suite struct LifeTests {
  @Test func stopFinishesWhatWasBegun() throws {
    let directory = TestServer.temporaryDirectory()
    var acknowledged = 0
    do {
      let server = try TestServer(directory: directory)
      let connection = try server.connect()
      _ = try connection.ask(Requests.createTopic("t"), version: 7)
      let batch = try Requests.batch([[1], [2]])
      let waiting = try server.connect()
      try waiting.send(Requests.fetch("t", from: 1000, maxWait: 60_000), version: 12, correlationID: 1)
      try waiting.send(Requests.fetch("t", from: 0, maxWait: 60_000, minBytes: 1 << 20), version: 12, correlationID: 2)
      for number in Int32(0)..<50 {
        try connection.send(Requests.produce("t", batch), version: 9, correlationID: number)
      }
      for number in Int32(0)..<50 {
        #expect(try connection.receiveCorrelationID() == number)
        acknowledged += 2
      }
      #expect(server.stop())
      #expect(try connection.isClosedByPeer())
      #expect(access("\(directory)/.kafka_cleanshutdown", F_OK) == 0)
      // What is under way when the end begins is answered.
      #expect(try waiting.receiveCorrelationID() == 1)
      #expect(try waiting.receiveCorrelationID() == 2)
      let again = try TestServer(directory: directory)
      #expect(!again.log.contains("unclean"))
      let answer = try again.connect().ask(Requests.fetch("t"), version: 12)
      #expect(answer.responses[0].partitions[0].highWatermark == Int64(acknowledged))
      #expect(again.stop())
    }
  }

  @Test func secondBrokerIsToldWhy() throws {
    let server = try TestServer()
    do {
      _ = try TestServer(directory: server.directory)
      Issue.record("two brokers share a directory")
    } catch let error as BrokerExit {
      #expect(error.status == .unavailable)
      #expect(error.message.contains("used by another broker"))
    }
    do {
      _ = try TestServer(["listeners": "127.0.0.1:\(server.broker.port)"])
      Issue.record("two brokers share a port")
    } catch let error as BrokerExit {
      #expect(error.status == .unavailable)
      #expect(error.message.contains("Address already in use"))
    }
  }

  @Test(arguments: [
    ("127.0.0.1:9092", "127.0.0.1", 9092), ("PLAINTEXT://logs.test:1", "logs.test", 1), ("[::1]:80", "::1", 80),
    (":9092", "0.0.0.0", 9092),
  ])
  func addresses(text: String, host: String, port: Int) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.host == host)
    #expect(address.port == port)
  }

  @Test(arguments: ["", "9092", "host", "host:", "host:x", "host:70000", "::1:80", "SSL://host:1", "host:-1"])
  func notAddresses(text: String) {
    #expect(ListenAddress(text) == nil)
  }

  @Test func optionsGoBeforeTheFile() throws {
    let directory = TestServer.temporaryDirectory()
    defer { rmdir(directory) }
    let path = "\(directory)/broker.yaml"
    func write(_ text: String) throws {
      let file = try #require(fopen(path, "w"))
      fputs(text, file)
      fclose(file)
    }
    defer { unlink(path) }
    try write("num.partitions: 3\nflush: os\nlog.cleanup.policy: [delete, compact]\n")
    var options = BrokerOptions()
    options.configurationPath = path
    options.settings = ["num.partitions=5"]
    options.flush = "ack"
    let settings = try options.table().settings
    #expect(settings.partitionCount == 5)
    #expect(settings.topicDefaults.syncsBeforeAcknowledging)
    #expect(settings.topicDefaults.log.compacts)
    try write("num.partitions: 3\nlog.retention.houts: 5\n")
    let error = #expect(throws: ConfigurationError.self) { try options.table() }
    #expect(error?.description.hasPrefix("\(path):2: unknown key \"log.retention.houts\"") == true)
    #expect(error?.description.contains("log.retention.hours") == true)
    var wrong = BrokerOptions()
    wrong.settings = ["num.partitons=3"]
    #expect(throws: ConfigurationError.self) { try wrong.table() }
    wrong.settings = ["num.partitions"]
    #expect(throws: ConfigurationError.self) { try wrong.table() }
  }

  @Test func sampleIsValid() throws {
    var options = BrokerOptions()
    options.configurationPath = #filePath.parentDirectory.parentDirectory.parentDirectory + "/etc/broker.yaml"
    let settings = try options.table().settings
    #expect(settings.listeners == "127.0.0.1:9092")
    #expect(settings == SettingsTable().settings, "the sample shows what there is without it")
  }
}
