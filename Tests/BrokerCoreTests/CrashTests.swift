import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// The power goes at any call of the disk: what was acknowledged is there afterwards, as it was, and offsets are dense.
@Suite struct CrashTests {
  @Test(arguments: 0..<40 as Range<UInt64>)
  func acknowledgedRecordsSurvive(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let files = VirtualFileSystem()
    var acknowledged: [Int64: String] = [:]
    var counter = 0
    for _ in 0..<4 {
      let test = try TestBroker(files, ["log.segment.bytes": "16384"], seed: random.next())
      if test.broker.topics.topic(named: "t") == nil { _ = try test.createTopic("t") }
      try check(test, acknowledged, seed)
      test.syncsAtOnce = false
      files.stop(afterCalls: Int.random(in: 1...80, using: &random))
      var waiting: [(RequestID, [String])] = []
      while !files.isStopped {
        let values = (0..<Int.random(in: 1...5, using: &random)).map { _ in
          counter += 1
          return "\(counter) " + String(repeating: "x", count: Int.random(in: 0...900, using: &random))
        }
        waiting.append((try test.start(test.produceRequest("t", try Batch.of(values)), version: 9), values))
        if Bool.random(using: &random) { test.runSyncs() }
        for (id, values) in waiting {
          guard let response = try test.answer(to: id, ProduceResponse.self, version: 9) else { continue }
          let part = response.responses[0].partitionResponses[0]
          guard part.errorCode == .none else { continue }
          for (index, value) in values.enumerated() { acknowledged[part.baseOffset + Int64(index)] = value }
        }
        waiting.removeAll { test.answers[$0.0] != nil }
      }
      files.crash(&random)
    }
    try check(try TestBroker(files, ["log.segment.bytes": "16384"]), acknowledged, seed)
    #expect(!acknowledged.isEmpty)
  }

  private func check(_ test: TestBroker, _ acknowledged: [Int64: String], _ seed: UInt64) throws {
    var found: [String] = []
    while true {
      let part = try test.fetch("t", from: Int64(found.count))
      let records = try Batch.records(part.records)
      if records.isEmpty {
        #expect(part.highWatermark == Int64(found.count), "seed \(seed)")
        break
      }
      for record in records where record.offset >= Int64(found.count) {
        #expect(record.offset == Int64(found.count), "seed \(seed)")
        found.append(record.value)
      }
    }
    for (offset, value) in acknowledged {
      #expect(offset < Int64(found.count) && found[Int(offset)] == value, "seed \(seed), offset \(offset)")
    }
  }
}
