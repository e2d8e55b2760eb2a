import Base
import BrokerCore
import KafkaProtocol
import Records
import Simulator
import Testing

/// Settings of topics count from the moment they are changed.
@Suite struct TopicConfigTests {
  private let now: Int64 = 1_700_000_000_000

  /// Codec and record count of the batches of partition 0.
  private func batches(_ test: TestBroker, _ topic: String) throws -> [RecordBatchHeader] {
    guard case .bytes(let buffer) = try test.fetch(topic, from: 0).records else { return [] }
    var headers: [RecordBatchHeader] = []
    try buffer.withUnsafeReadableBytes { bytes in
      var reader = RecordBatchReader(bytes)
      while let batch = try reader.next() { headers.append(batch.header) }
    }
    return headers
  }

  @Test(arguments: [
    ("uncompressed", Compression.none), ("gzip", .gzip), ("snappy", .snappy), ("lz4", .lz4), ("zstd", .zstd),
  ])
  func batchesGetTheCodecOfTheirTopic(name: String, codec: Compression) throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    let values = (0..<50).map { "value \($0) " + String(repeating: "x", count: 40) }
    let producer = { RecordProducer(id: 7, epoch: 0, baseSequence: $0) }
    #expect(try test.produce("t", Batch.of(values, keys: true, codec: .lz4, producer: producer(0))).errorCode == .none)
    #expect(try test.set("compression.type", of: "t", to: name) == .none)
    for (index, source) in Compression.allCases.enumerated() {
      let batch = try Batch.of(
        values, keys: true, codec: source, producer: producer(Int32((index + 1) * values.count)))
      #expect(try test.produce("t", batch).errorCode == .none)
    }
    let headers = try batches(test, "t")
    #expect(headers.map { $0.attributes.compression } == [.lz4] + Array(repeating: codec, count: 5))
    #expect(headers.allSatisfy { $0.producerID == 7 && $0.recordCount == 50 })
    #expect(headers.map(\.baseSequence) == (0..<6).map { Int32($0 * 50) })
    let records = try Batch.records(test.fetch("t", from: 0).records)
    #expect(records.map(\.offset) == Array(0..<300))
    #expect(records.map(\.value) == (0..<6).flatMap { _ in values })
    // A repeated batch is known for what it is, whatever codec it came in.
    let repeated = try test.produce("t", Batch.of(values, keys: true, codec: .gzip, producer: producer(250)))
    #expect(repeated.errorCode == .none && repeated.baseOffset == 250)
    #expect(try test.set("compression.type", of: "t", to: "producer") == .none)
    #expect(try test.produce("t", Batch.of(values, codec: .gzip)).errorCode == .none)
    #expect(try batches(test, "t").last?.attributes.compression == .gzip)
  }

  @Test func aBatchMayNotGrowTooLarge() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", ["compression.type": "uncompressed", "max.message.bytes": "5000"])
    let batch = try Batch.of([String(repeating: "x", count: 20_000)], codec: .lz4)
    #expect(batch.count < 5000)
    #expect(try test.produce("t", batch).errorCode == .messageTooLarge)
    #expect(try test.set("max.message.bytes", of: "t", to: "30000") == .none)
    #expect(try test.produce("t", batch).errorCode == .none)
  }

  /// A codec that lies is found out when its topic has another, even where records are not checked.
  @Test func aBatchThatCannotBeRecompressedIsRefused() throws {
    let test = try TestBroker(["record.validation": "header"])
    _ = try test.createTopic("t", ["compression.type": "zstd"])
    var batch = try Batch.of([String(repeating: "x", count: 500)], codec: .lz4)
    for index in RecordBatchHeader.size..<batch.count { batch[index] = 0xFF }
    batch.withUnsafeMutableBytes { RecordBatchHeader.setMaxTimestamp(now, in: $0) }
    #expect(try test.produce("t", batch).errorCode == .corruptMessage)
    #expect(test.broker.topics.topic(named: "t")?.partitions.first?.size == 0)
  }

  @Test func timestampsCountAsTheTopicSays() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    let late = try Batch.of(["late"], timestamp: now - 10_000)
    let early = try Batch.of(["early"], timestamp: now + 10_000)
    #expect(try test.produce("t", late).errorCode == .none)
    #expect(try test.set("message.timestamp.before.max.ms", of: "t", to: "9999") == .none)
    #expect(try test.set("message.timestamp.after.max.ms", of: "t", to: "9999") == .none)
    #expect(try test.produce("t", late).errorCode == .invalidTimestamp)
    #expect(try test.produce("t", early).errorCode == .invalidTimestamp)
    #expect(try test.set("message.timestamp.type", of: "t", to: "LogAppendTime") == .none)
    let stamped = try test.produce("t", early)
    #expect(stamped.errorCode == .none && stamped.logAppendTimeMs == now)
    let header = try #require(try batches(test, "t").last)
    #expect(header.attributes.hasLogAppendTime && header.maxTimestamp == now)
  }

  @Test func aLoneBrokerIsOneReplica() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    #expect(try test.set("min.insync.replicas", of: "t", to: "2") == .none)
    let batch = try Batch.of(["x"])
    #expect(try test.produce("t", batch).errorCode == .notEnoughReplicas)
    let leaderOnly = try test.send(test.produceRequest("t", acks: 1, batch), version: 9)
    #expect(leaderOnly.responses.first?.partitionResponses.first?.errorCode == ErrorCode.none)
    #expect(try test.set("min.insync.replicas", of: "t", to: "1") == .none)
    #expect(try test.produce("t", batch).errorCode == .none)
  }

  @Test func recordsAreSyncedByTheirNumber() throws {
    let test = try TestBroker(["flush": "os"])
    _ = try test.createTopic("t", ["flush.messages": "4"])
    test.syncsAtOnce = false
    test.runSyncs()
    let three = try Batch.of(["a", "b", "c"])
    #expect(try test.produce("t", three).errorCode == .none)
    #expect(test.syncs.isEmpty)
    #expect(try test.produce("t", three).errorCode == .none)
    #expect(test.syncs.count == 1)
    test.runSyncs()
    #expect(try test.produce("t", three).errorCode == .none)
    #expect(test.syncs.isEmpty)
    // With 1 there is no acknowledgement without a sync.
    #expect(try test.set("flush.messages", of: "t", to: "1") == .none)
    test.runSyncs()
    let waiting = try test.start(test.produceRequest("t", three), version: 9)
    #expect(test.answers[waiting] == nil)
    test.runSyncs()
    #expect(test.answers[waiting] != nil)
  }

  @Test func recordsAreSyncedInTime() throws {
    let test = try TestBroker(["flush": "os"])
    _ = try test.createTopic("t")
    #expect(try test.set("flush.ms", of: "t", to: "500") == .none)
    test.runSyncs()
    test.syncsAtOnce = false
    func check() {
      test.broker.syncWhatIsDue(now: test.now, effects: &test.processor.effects)
      test.settle()
    }
    check()
    #expect(test.syncs.isEmpty)
    #expect(try test.produce("t", Batch.of(["a"])).errorCode == .none)
    test.advance(milliseconds: 499)
    check()
    #expect(test.syncs.isEmpty)
    test.advance(milliseconds: 1)
    check()
    #expect(test.syncs.count == 1)
    test.runSyncs()
    check()
    #expect(test.syncs.isEmpty)
  }

  @Test func segmentsRollAsTheTopicSays() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    func segments() throws -> Int {
      try test.files.list(TestBroker.directory + "/t-0").filter { $0.hasSuffix(".log") }.count
    }
    let batch = try Batch.of([String(repeating: "x", count: 9000)])
    for _ in 0..<4 { #expect(try test.produce("t", batch).errorCode == .none) }
    #expect(try segments() == 1)
    #expect(try test.set("segment.bytes", of: "t", to: "20000") == .none)
    #expect(try test.produce("t", batch).errorCode == .none)
    #expect(try segments() == 2)
    #expect(try test.set("segment.ms", of: "t", to: "1000") == .none)
    test.advance(milliseconds: 1001)
    #expect(try test.produce("t", batch).errorCode == .none)
    #expect(try segments() == 3)
    #expect(try test.set("retention.bytes", of: "t", to: "10000") == .none)
    test.broker.applyRetention(now: test.now, effects: &test.processor.effects)
    test.settle()
    #expect(try segments() < 3)
    #expect(try test.set("retention.ms", of: "t", to: "10") == .none)
    test.advance(milliseconds: 11)
    test.broker.applyRetention(now: test.now, effects: &test.processor.effects)
    test.settle()
    #expect(try test.fetch("t", from: 6).logStartOffset == 6)
  }

  @Test func settingsWithoutUseAreRefusedWithTheReason() throws {
    let test = try TestBroker()
    let refused = try test.createTopicResult("t", ["remote.storage.enable": "false"])
    #expect(refused.errorCode == .invalidConfig)
    #expect(refused.errorMessage?.contains("remote.storage.enable") == true)
    #expect(refused.errorMessage?.contains("no remote storage") == true)
    for (name, value) in [
      ("min.cleanable.dirty.ratio", "1.5"), ("min.cleanable.dirty.ratio", "nan"), ("compression.type", "brotli"),
      ("flush.messages", "0"), ("min.compaction.lag.ms", "-1"), ("max.compaction.lag.ms", "0"),
    ] {
      let refused = try test.createTopicResult("t", [name: value])
      #expect(refused.errorCode == .invalidConfig, "\(name)=\(value)")
      #expect(refused.errorMessage?.contains(name) == true)
    }
    let contradiction = ["min.compaction.lag.ms": "20", "max.compaction.lag.ms": "10"]
    #expect(try test.createTopicResult("t", contradiction).errorCode == .invalidConfig)
    _ = try test.createTopic("t", ["max.compaction.lag.ms": "10"])
    #expect(try test.set("min.compaction.lag.ms", of: "t", to: "11") == .invalidConfig)
    #expect(try test.set("min.compaction.lag.ms", of: "t", to: "10") == .none)
    #expect(try test.set("min.cleanable.dirty.ratio", of: "t", to: "0.25") == .none)
  }
}
