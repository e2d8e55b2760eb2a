import AgentCore
import AgentRuntime
import Base
import BrokerCore
import BrokerServer
import ClientCore
import ClientRuntime
import Daemon
import Records
import TestKit
import Testing

/// The agent with the real producer and a real broker in this process.
@Suite struct AgentWithBrokerTests {
  private struct Record {
    var key: String
    var value: [UInt8]
    var headers: [String]
  }

  private func broker(_ directory: TemporaryDirectory, port: Int = 0, settings: [String: String] = [:]) throws
    -> RunningBroker
  {
    var table = SettingsTable()
    try table.set("log.dirs", to: "\(directory.path)/data")
    try table.set("listeners", to: "127.0.0.1:\(port)")
    try table.set("flush", to: "os")
    try table.set("num.partitions", to: "3")
    for (name, value) in settings { try table.set(name, to: value) }
    return try RunningBroker(table, log: Log(descriptor: directory.log, level: .warning, style: .plain))
  }

  private func agent(_ directory: TemporaryDirectory, _ port: Int) throws -> RunningAgent<KafkaRecordProducer> {
    let sources =
      "  - type: file\n    include: \(directory.path)/log/*.log\n    topic: logs\n    last_line_after: 200ms\n"
    return try RunningAgent(directory, sources: sources, broker: "127.0.0.1:\(port)") { configuration, inbox, log in
      KafkaRecordProducer(configuration, inbox: inbox, log: log)
    }
  }

  private func text(_ bytes: UnsafeRawBufferPointer?) -> String {
    bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Reads until there are so many records.
  private func read(_ port: Int, count: Int) async throws -> [Record] {
    let client = KafkaClient(
      bootstrap: [BrokerAddress(host: "127.0.0.1", port: port)], options: KafkaClientOptions(clientID: "test"))
    let start = (0..<3).map { (TopicPartition("logs", $0), StartPosition.beginning) }
    let consumer = Consumer(client, start: Dictionary(uniqueKeysWithValues: start), stopsAtEnd: false)
    let decoder = RecordBatchDecoder()
    var records: [Record] = []
    while records.count < count, let event = try await consumer.next(waitingAtMost: 30_000) {
      guard case .records(let run) = event else { break }
      run.forEach(with: decoder, damaged: { Issue.record($0) }) { record in
        records.append(
          Record(
            key: text(record.key), value: record.value.map { Array($0) } ?? [],
            headers: record.headers.map { "\(text($0.key))=\(text($0.value))" }))
      }
    }
    await consumer.close()
    await client.close()
    return records
  }

  @Test func filesArriveByteForByteThroughARestartOfTheBroker() async throws {
    let directory = try TemporaryDirectory()
    let port = try RestartPort.take()
    var running: RunningBroker? = try broker(directory, port: port)
    let agent = try agent(directory, port)
    var random = SeededRandom(seed: 3)
    var expected: [String: String] = [:]
    var second: [String: String] = [:]
    for name in ["a", "b", "c"] {
      let lines = (0..<2000).map { line in
        "\(name) \(line) \(random.next())\(line % 7 == 0 ? "\r" : "")\(line % 11 == 0 ? "\n" : "")\n"
      }
      let end = "the end of \(name)"
      expected["\(directory.path)/log/\(name).log"] = lines.joined() + end + "\n"
      try directory.append("log/\(name).log", lines[..<1000].joined())
      second[name] = lines[1000...].joined() + end
    }
    _ = try await read(port, count: 1)
    running?.stop()
    running = nil
    for (name, content) in second { try directory.append("log/\(name).log", content) }
    try RestartPort.waitUntilFree(port)
    let again = try broker(directory, port: port)
    defer { again.stop() }
    let count = expected.values.reduce(0) { $0 + $1.utf8.count { $0 == 0x0A } }
    let records = try await read(port, count: count)
    #expect(records.count == count)
    for (path, content) in expected {
      let ofPath = records.filter { $0.key == "h1:\(path)" }
      let arrived = ofPath.reduce(into: [UInt8]()) { $0 += $1.value + [0x0A] }
      let isSame = arrived == Array(content.utf8)
      #expect(isSame, "\(path): \(arrived.count) bytes instead of \(content.utf8.count)")
      #expect(ofPath.first?.headers == ["host=h1", "source=logs", "path=\(path)"])
      #expect(ofPath.last?.headers.last == "line=unterminated")
    }
    let (status, _) = try await agent.stop()
    #expect(status == .success)
  }

  @Test func whatTheBrokerFindsTooLargeIsSteppedOver() async throws {
    let directory = try TemporaryDirectory()
    let broker = try broker(directory, settings: ["message.max.bytes": "20000"])
    defer { broker.stop() }
    let agent = try agent(directory, broker.port)
    // Bytes that no codec makes smaller.
    var random = SeededRandom(seed: 5)
    let noise = String((0..<60_000).map { _ in Character(Unicode.Scalar(UInt8.random(in: 33...126, using: &random))) })
    try directory.append("log/a.log", "before\n\(noise)\nafter\n")
    let records = try await read(broker.port, count: 2)
    let log = try directory.content("agent.stderr")
    #expect(records.map { String(decoding: $0.value, as: UTF8.self) } == ["before", "after"], "the log: \(log)")
    try await eventually("a word about it") {
      try directory.content("agent.stderr").contains("the broker refuses records for good")
    }
    let (status, _) = try await agent.stop()
    #expect(status == .success)
    #expect(!(try directory.content("agent.stderr").contains("not acknowledged")))
  }
}
