import Base
import BrokerCore
import KafkaProtocol
import NIOCore
import Records
import Testing

@Suite struct ProduceTests {
  @Test(arguments: Array(ProduceRequest.versions))
  func everyVersionIsAnswered(version: Int16) throws {
    let test = try TestBroker()
    let id = try test.createTopic("t")
    var request = test.produceRequest("t", try Batch.of(["a", "b"]))
    if version >= 13 { request.topicData[0].topicID = id }
    let response = try test.send(request, version: version)
    let topic = try #require(response.responses.first)
    #expect(version >= 13 ? topic.topicID == id : topic.name == "t")
    let part = try #require(topic.partitionResponses.first)
    #expect(part.errorCode == .none)
    #expect(part.baseOffset == 0)
    #expect(part.logAppendTimeMs == -1)
    #expect(try Batch.records(test.fetch("t", from: 0).records).map(\.value) == ["a", "b"])
  }

  @Test func offsetsAreSetInPlace() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    for index in 0..<5 {
      #expect(try test.produce("t", try Batch.of(["x\(index)", "y\(index)"])).baseOffset == Int64(index * 2))
    }
    let records = try Batch.records(test.fetch("t", from: 0).records)
    #expect(records.map(\.offset) == Array(0..<10))
  }

  @Test func withoutAcksThereIsNoAnswer() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    let id = try test.start(test.produceRequest("t", acks: 0, try Batch.of(["a"])), version: 9)
    guard case .nothing = test.answers[id] else {
      Issue.record("an answer nobody asked for")
      return
    }
    #expect(try Batch.records(test.fetch("t", from: 0).records).count == 1)
  }

  @Test func failureWithoutAcksEndsTheConnection() throws {
    let test = try TestBroker()
    let id = try test.start(test.produceRequest("missing", acks: 0, try Batch.of(["a"])), version: 9)
    guard case .closed = test.answers[id] else {
      Issue.record("the client was not told")
      return
    }
  }

  @Test func acknowledgementWaitsForTheSync() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    test.syncsAtOnce = false
    let first = try test.start(test.produceRequest("t", try Batch.of(["a"])), version: 9)
    let second = try test.start(test.produceRequest("t", acks: 1, try Batch.of(["b"])), version: 9)
    #expect(test.answers[first] == nil)
    #expect(test.answers[second] == nil)
    #expect(try test.fetch("t", from: 0).highWatermark == 0, "consumers see what is durable only")
    #expect(test.syncs.count == 1, "one sync answers all")
    test.runSyncs()
    #expect(test.answers[first] != nil)
    #expect(test.answers[second] != nil)
    #expect(try test.fetch("t", from: 0).highWatermark == 2)
  }

  @Test func withFlushOfTheSystemNothingWaits() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", ["flush": "os"])
    test.syncsAtOnce = false
    #expect(try test.produce("t", try Batch.of(["a"])).errorCode == .none)
    #expect(try test.fetch("t", from: 0).highWatermark == 1)
  }

  @Test func failedSyncIsAStorageError() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    test.syncsAtOnce = false
    let id = try test.start(test.produceRequest("t", try Batch.of(["a"])), version: 9)
    test.files.failNext(5, "Input/output error", count: 10)
    test.runSyncs()
    let response = try #require(try test.answer(to: id, ProduceResponse.self, version: 9))
    #expect(response.responses[0].partitionResponses[0].errorCode == .kafkaStorageError)
    #expect(test.warnings.contains { $0.contains("offline") })
  }

  @Test func errorsAreOfTheirPartitionAlone() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 2)
    var request = test.produceRequest("t", 0, try Batch.of(["a"]))
    var bad = request.topicData[0].partitionData[0]
    bad.index = 1
    var bytes = try Batch.of(["b"])
    bytes[bytes.count - 1] ^= 1
    bad.records = .bytes(ByteBuffer(bytes: bytes))
    var missing = request.topicData[0].partitionData[0]
    missing.index = 7
    request.topicData[0].partitionData += [bad, missing]
    let parts = try test.send(request, version: 9).responses[0].partitionResponses
    #expect(parts.map(\.errorCode) == [.none, .corruptMessage, .unknownTopicOrPartition])
    #expect(test.refusals.map { $0.1.hasPrefix("a batch for t-1: ") } == [true])
    #expect(parts.map(\.baseOffset) == [0, -1, -1])
    #expect(parts[1].errorMessage?.contains("CRC") == true)
  }

  @Test func refusals() throws {
    let test = try TestBroker(["message.max.bytes": "2000"])
    _ = try test.createTopic("t")
    _ = try test.createTopic("compacted", ["cleanup.policy": "compact"])
    func error(_ topic: String, acks: Int16 = -1, _ batch: [UInt8]) throws -> ErrorCode {
      let response = try test.send(test.produceRequest(topic, acks: acks, batch), version: 9)
      return response.responses[0].partitionResponses[0].errorCode
    }
    let batch = try Batch.of(["a"])
    #expect(try error("missing", batch) == .unknownTopicOrPartition)
    #expect(try error("t", acks: 2, batch) == .invalidRequiredAcks)
    #expect(try error("t", []) == .invalidRecord)
    #expect(try error("t", batch + batch) == .invalidRecord)
    #expect(try error("t", Array(batch.dropLast())) == .invalidRecord)
    #expect(try error("t", try Batch.of([String(repeating: "x", count: 2000)])) == .messageTooLarge)
    #expect(try error("compacted", batch) == .invalidRecord)
    #expect(try error("compacted", try Batch.of(["a"], keys: true)) == .none)
    var request = test.produceRequest("t", batch)
    request.transactionalID = "x"
    #expect(
      try test.send(request, version: 9).responses[0].partitionResponses[0].errorCode == .invalidTransactionState)
    request = test.produceRequest("t", batch)
    request.topicData[0].topicID = UUID(high: 1, low: 2)
    #expect(try test.send(request, version: 13).responses[0].partitionResponses[0].errorCode == .unknownTopicID)
    request.topicData[0].topicID = .zero
    #expect(try test.send(request, version: 13).responses[0].partitionResponses[0].errorCode == .unknownTopicID)
    #expect(try test.fetch("t", from: 0).highWatermark == 0)
  }

  @Test func sequencesAreChecked() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    func batch(_ sequence: Int32, epoch: Int16 = 0) throws -> [UInt8] {
      try Batch.of(["a", "b"], producer: RecordProducer(id: 5, epoch: epoch, baseSequence: sequence))
    }
    #expect(try test.produce("t", batch(0)).baseOffset == 0)
    #expect(try test.produce("t", batch(2)).baseOffset == 2)
    let duplicate = try test.produce("t", batch(0))
    #expect(duplicate.errorCode == .none)
    #expect(duplicate.baseOffset == 0)
    #expect(try test.produce("t", batch(8)).errorCode == .outOfOrderSequenceNumber)
    #expect(try test.produce("t", batch(0, epoch: 1)).baseOffset == 4)
    #expect(try test.produce("t", batch(4)).errorCode == .invalidProducerEpoch)
    #expect(try test.fetch("t", from: 0).highWatermark == 6)
  }

  @Test func duplicateOfWhatIsNotDurableWaitsToo() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    test.syncsAtOnce = false
    let batch = try Batch.of(["a"], producer: RecordProducer(id: 5, epoch: 0, baseSequence: 0))
    let first = try test.start(test.produceRequest("t", batch), version: 9)
    let second = try test.start(test.produceRequest("t", batch), version: 9)
    #expect(test.answers[first] == nil)
    #expect(test.answers[second] == nil)
    test.runSyncs()
    for id in [first, second] {
      let response = try #require(try test.answer(to: id, ProduceResponse.self, version: 9))
      #expect(response.responses[0].partitionResponses[0].baseOffset == 0)
    }
  }

  @Test func appendTimeReplacesTheProducers() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", ["message.timestamp.type": "LogAppendTime"])
    #expect(try test.produce("t", try Batch.of(["a"], timestamp: 5)).logAppendTimeMs == test.now.wall)
  }

  @Test func timestampsFarFromNowAreRefusedWhereTheTopicSaysSo() throws {
    let test = try TestBroker()
    _ = try test.createTopic(
      "t", ["message.timestamp.after.max.ms": "1000", "message.timestamp.before.max.ms": "1000"])
    #expect(try test.produce("t", try Batch.of(["a"], timestamp: test.now.wall + 500)).errorCode == .none)
    #expect(try test.produce("t", try Batch.of(["a"], timestamp: test.now.wall + 1001)).errorCode == .invalidTimestamp)
    #expect(try test.produce("t", try Batch.of(["a"], timestamp: test.now.wall - 1001)).errorCode == .invalidTimestamp)
  }

  @Test func abandonedRequestsLeaveNothing() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    test.syncsAtOnce = false
    let produce = try test.start(test.produceRequest("t", try Batch.of(["a"])), version: 9)
    let fetch = try test.start(
      test.fetchRequest("t", from: 0, minBytes: 1, maxWait: 1000), version: 12, connection: 1)
    #expect(test.processor.parkedCount == 2)
    test.processor.disconnect(produce.connection, unanswered: [produce])
    test.processor.disconnect(fetch.connection, unanswered: [fetch])
    #expect(test.processor.parkedCount == 0)
    test.runSyncs()
    test.advance(milliseconds: 2000)
    #expect(test.answers[produce] == nil)
    #expect(test.answers[fetch] == nil)
  }
}
