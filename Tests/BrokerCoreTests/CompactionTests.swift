import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

@Suite struct CompactionTests {
  private func compact(_ test: TestBroker) {
    test.broker.compact(now: test.now, effects: &test.processor.effects)
    test.settle()
  }

  private func records(_ test: TestBroker) throws -> [(offset: Int64, value: String)] {
    var found: [(offset: Int64, value: String)] = []
    while true {
      let records = try Batch.records(test.fetch("state", from: (found.last?.offset ?? -1) + 1).records)
      if records.isEmpty { return found }
      found += records
    }
  }

  @Test func aCompactedTopicKeepsTheLastOfEachKey() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    _ = try test.createTopic("state", ["cleanup.policy": "compact", "segment.bytes": "16384"])
    let filler = String(repeating: "x", count: 1000)
    for round in 0..<100 {
      let values = (0..<3).map { "\(round)-\($0) " + filler }
      #expect(try test.produce("state", Batch.of(values, keys: true)).errorCode == .none)
    }
    let before = try #require(test.broker.topics.topic(named: "state")?.partitions.first).size
    compact(test)
    #expect(test.warnings.isEmpty)
    let after = try #require(test.broker.topics.topic(named: "state")?.partitions.first).size
    #expect(after < before / 4)
    let kept = try records(test)
    #expect(kept.suffix(3).map(\.value) == (0..<3).map { "99-\($0) " + filler })
    #expect(kept.last?.offset == 299)
    // Nothing is left to do, not even for the next start.
    test.broker.checkpoint(now: test.now, effects: &test.processor.effects)
    test.settle()
    #expect(test.broker.close(effects: &test.processor.effects))
    let again = try TestBroker(files)
    #expect(try records(again).map(\.offset) == kept.map(\.offset))
    compact(again)
    #expect(try records(again).map(\.offset) == kept.map(\.offset))
    #expect(try again.produce("state", Batch.of(["more"], keys: true)).baseOffset == 300)
  }

  @Test func otherTopicsAreLeftAlone() throws {
    let test = try TestBroker()
    _ = try test.createTopic("logs", ["segment.bytes": "16384"])
    for _ in 0..<50 {
      _ = try test.produce("logs", Batch.of([String(repeating: "x", count: 1000)], keys: true))
    }
    let before = try #require(test.broker.topics.topic(named: "logs")?.partitions.first).size
    compact(test)
    #expect(test.broker.topics.topic(named: "logs")?.partitions.first?.size == before)
  }
}
