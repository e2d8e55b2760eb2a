import Base
import BrokerCore
import KafkaProtocol
import NIOCore
import Testing

@Suite struct FetchTests {
  @Test(arguments: Array(FetchRequest.versions))
  func everyVersionIsAnswered(version: Int16) throws {
    let test = try TestBroker()
    let id = try test.createTopic("t")
    _ = try test.produce("t", try Batch.of(["a", "b"]))
    var request = test.fetchRequest("t", from: 0)
    if version >= 13 { request.topics[0].topicID = id }
    let response = try test.send(request, version: version)
    #expect(response.errorCode == .none)
    let topic = try #require(response.responses.first)
    #expect(version >= 13 ? topic.topicID == id : topic.topic == "t")
    let part = try #require(topic.partitions.first)
    #expect(part.errorCode == .none)
    #expect(part.highWatermark == 2)
    #expect(part.lastStableOffset == 2)
    #expect(try Batch.records(part.records).map(\.value) == ["a", "b"])
  }

  @Test func waitsUntilThereIsEnough() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 2)
    let batch = try Batch.of(["a"])
    var request = test.fetchRequest("t", from: 0, minBytes: Int32(batch.count + 1), maxWait: 1000)
    var second = request.topics[0].partitions[0]
    second.partition = 1
    request.topics[0].partitions.append(second)
    let id = try test.start(request, version: 12, connection: 1)
    #expect(test.answers[id] == nil)
    _ = try test.produce("t", 0, batch)
    #expect(test.answers[id] == nil)
    _ = try test.produce("t", 1, batch)
    let response = try #require(try test.answer(to: id, FetchResponse.self, version: 12))
    #expect(response.responses[0].partitions.map(\.highWatermark) == [1, 1])
    #expect(test.processor.parkedCount == 0)
  }

  @Test func isAnsweredWhenItsTimeIsUp() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    let id = try test.start(test.fetchRequest("t", from: 0, minBytes: 1, maxWait: 500), version: 12)
    #expect(test.processor.nextDeadline == test.now.monotonic + 500_000_000)
    test.advance(milliseconds: 499)
    #expect(test.answers[id] == nil)
    test.advance(milliseconds: 1)
    let response = try #require(try test.answer(to: id, FetchResponse.self, version: 12))
    #expect(response.responses[0].partitions[0].records.byteCount == 0)
  }

  @Test func firstBatchComesWholeAndTheBoundsCountAfterIt() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 2)
    let batch = try Batch.of([String(repeating: "x", count: 500)])
    for partition in [Int32(0), 1] {
      for _ in 0..<3 { _ = try test.produce("t", partition, batch) }
    }
    var request = test.fetchRequest("t", from: 0, maxBytes: 10)
    var second = request.topics[0].partitions[0]
    second.partition = 1
    second.partitionMaxBytes = 1 << 20
    request.topics[0].partitions.append(second)
    request.maxBytes = 10
    let response = try test.send(request, version: 12)
    #expect(response.responses[0].partitions.map(\.records.byteCount) == [batch.count, 0])
    request.maxBytes = Int32(batch.count * 3)
    request.topics[0].partitions[0].partitionMaxBytes = 1 << 20
    #expect(try test.send(request, version: 12).responses[0].partitions[0].records.byteCount == batch.count * 3)
  }

  @Test func errors() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    _ = try test.produce("t", try Batch.of(["a"]))
    #expect(try test.fetch("t", from: 2).errorCode == .offsetOutOfRange)
    #expect(try test.fetch("t", from: -1).errorCode == .offsetOutOfRange)
    #expect(try test.fetch("t", from: 1).errorCode == .none)
    #expect(try test.fetch("missing", from: 0).errorCode == .unknownTopicOrPartition)
    #expect(try test.fetch("t", 1, from: 0).errorCode == .unknownTopicOrPartition)
    var request = test.fetchRequest("t", from: 0)
    request.topics[0].partitions[0].currentLeaderEpoch = 7
    #expect(try test.send(request, version: 12).responses[0].partitions[0].errorCode == .unknownLeaderEpoch)
    request.topics[0].topicID = UUID(high: 3, low: 4)
    #expect(try test.send(request, version: 13).responses[0].partitions[0].errorCode == .unknownTopicID)
    request.topics[0].topicID = .zero
    #expect(try test.send(request, version: 13).responses[0].partitions[0].errorCode == .unknownTopicID)
  }

  @Test func coldReadsTakeAThread() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", ["segment.bytes": "16384"])
    let batch = try Batch.of([String(repeating: "x", count: 4000)])
    for _ in 0..<40 { _ = try test.produce("t", batch) }
    test.worksAtOnce = false
    test.files.setCold(true)
    let id = try test.start(test.fetchRequest("t", from: 3), version: 12)
    if test.answers[id] == nil { test.runWorks() }
    let part = try #require(try test.answer(to: id, FetchResponse.self, version: 12)?.responses.first?.partitions.first)
    #expect(try Batch.records(part.records).first?.offset == 3)
  }

  // MARK: - sessions

  /// A read that waits for a disk thread finds its segment gone: the consumer must begin anew, not look for a disk.
  @Test func retentionMayBeFasterThanAColdRead() throws {
    let test = try TestBroker(["flush": "os"])
    _ = try test.createTopic("t", ["segment.bytes": "16384", "retention.bytes": "20000"])
    for _ in 0..<5 { _ = try test.produce("t", Batch.of([String(repeating: "x", count: 10_000)])) }
    test.files.setCold(true)
    test.worksAtOnce = false
    let id = try test.start(test.fetchRequest("t", from: 0), version: 12)
    test.broker.applyRetention(now: test.now, effects: &test.processor.effects)
    test.settle()
    test.runWorks()
    let answer = try #require(
      try test.answer(to: id, FetchResponse.self, version: 12)?.responses.first?.partitions.first)
    #expect(answer.errorCode == .offsetOutOfRange)
    #expect(answer.logStartOffset > 0)
    #expect(test.warnings.isEmpty)
  }

  private func session(_ id: Int32, _ epoch: Int32) -> FetchRequest {
    var request = FetchRequest()
    request.sessionID = id
    request.sessionEpoch = epoch
    return request
  }

  @Test func sessionTellsWhatIsNew() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 3)
    var full = test.fetchRequest("t", from: 0)
    full.sessionEpoch = 0
    full.topics[0].partitions = (Int32(0)..<3).map { index in
      var part = full.topics[0].partitions[0]
      part.partition = index
      return part
    }
    let first = try test.send(full, version: 12)
    #expect(first.sessionID != 0)
    #expect(first.responses[0].partitions.count == 3)
    let second = try test.send(session(first.sessionID, 1), version: 12)
    #expect(second.responses.isEmpty)
    _ = try test.produce("t", 1, try Batch.of(["a"]))
    let third = try test.send(session(first.sessionID, 2), version: 12)
    #expect(third.responses.flatMap(\.partitions).map(\.partitionIndex) == [1])
    // The consumer moves on, and forgets a partition.
    var fourth = test.fetchRequest("t", 1, from: 1)
    fourth.sessionID = first.sessionID
    fourth.sessionEpoch = 3
    var forgotten = FetchRequest.ForgottenTopic()
    forgotten.topic = "t"
    forgotten.partitions = [2]
    fourth.forgottenTopicsData = [forgotten]
    #expect(try test.send(fourth, version: 12).responses.isEmpty)
    _ = try test.produce("t", 2, try Batch.of(["b"]))
    #expect(try test.send(session(first.sessionID, 4), version: 12).responses.isEmpty)
  }

  @Test func sessionErrors() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    #expect(try test.send(session(99, 1), version: 12).errorCode == .fetchSessionIDNotFound)
    var full = test.fetchRequest("t", from: 0)
    full.sessionEpoch = 0
    let id = try test.send(full, version: 12).sessionID
    #expect(try test.send(session(id, 2), version: 12).errorCode == .invalidFetchSessionEpoch)
    #expect(try test.send(session(id, 1), version: 13).errorCode == .fetchSessionTopicIDError)
    #expect(try test.send(session(id, -1), version: 12).errorCode == .none)
    #expect(try test.send(session(id, 1), version: 12).errorCode == .fetchSessionIDNotFound)
  }

  @Test func sessionsHaveABound() throws {
    let test = try TestBroker(["max.incremental.fetch.session.cache.slots": "2"])
    _ = try test.createTopic("t")
    var full = test.fetchRequest("t", from: 0)
    full.sessionEpoch = 0
    #expect(try test.send(full, version: 12).sessionID != 0)
    #expect(try test.send(full, version: 12).sessionID != 0)
    #expect(try test.send(full, version: 12).sessionID == 0)
    test.advance(milliseconds: 121_000)
    #expect(try test.send(full, version: 12).sessionID != 0)
  }

  @Test func sessionTakesTurns() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 3)
    let batch = try Batch.of([String(repeating: "x", count: 500)])
    for partition in Int32(0)..<3 {
      for _ in 0..<3 { _ = try test.produce("t", partition, batch) }
    }
    var full = test.fetchRequest("t", from: 0)
    full.sessionEpoch = 0
    full.maxBytes = 10
    full.topics[0].partitions = (Int32(0)..<3).map { index in
      var part = full.topics[0].partitions[0]
      part.partition = index
      return part
    }
    var served: [Int32] = []
    func note(_ response: FetchResponse) {
      served += response.responses.flatMap(\.partitions).filter { $0.records.byteCount > 0 }.map(\.partitionIndex)
    }
    let first = try test.send(full, version: 12)
    note(first)
    for epoch in Int32(1)...5 {
      var request = session(first.sessionID, epoch)
      request.maxBytes = 10
      note(try test.send(request, version: 12))
    }
    #expect(served == [0, 1, 2, 0, 1, 2])
  }

  @Test func deletedTopicWakesAFetch() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    let id = try test.start(
      test.fetchRequest("t", from: 0, minBytes: 1, maxWait: 60_000), version: 12, connection: 1)
    var delete = DeleteTopicsRequest()
    delete.topicNames = ["t"]
    _ = try test.send(delete, version: 5)
    let response = try #require(try test.answer(to: id, FetchResponse.self, version: 12))
    #expect(response.responses[0].partitions[0].errorCode == .unknownTopicOrPartition)
  }
}
