import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// DeleteRecords (KIP-107).
@Suite struct RecordDeletionTests {
  private typealias Result = DeleteRecordsResponse.DeleteRecordsPartitionResult

  private func delete(
    _ test: TestBroker, _ partitions: [(topic: String, index: Int32, offset: Int64)], version: Int16 = 2
  ) throws -> [Result] {
    var request = DeleteRecordsRequest()
    request.topics = partitions.map { partition in
      var asked = DeleteRecordsRequest.DeleteRecordsPartition()
      asked.partitionIndex = partition.index
      asked.offset = partition.offset
      var topic = DeleteRecordsRequest.DeleteRecordsTopic()
      topic.name = partition.topic
      topic.partitions = [asked]
      return topic
    }
    return try test.send(request, version: version).topics.flatMap(\.partitions)
  }

  private func produce(_ test: TestBroker, _ topic: String, count: Int) throws {
    for index in 0..<count {
      #expect(try test.produce(topic, Batch.of(["\(topic) \(index)"], keys: true)).errorCode == .none)
    }
  }

  @Test(arguments: Array(DeleteRecordsRequest.versions))
  func whatLiesBeforeIsGone(version: Int16) throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    try produce(test, "t", count: 5)
    let first = try delete(test, [("t", 0, 2)], version: version)
    #expect(first.map(\.errorCode) == [.none])
    #expect(first.map(\.lowWatermark) == [2])
    #expect(try test.fetch("t", from: 1).errorCode == .offsetOutOfRange)
    let rest = try test.fetch("t", from: 2)
    #expect(rest.logStartOffset == 2)
    #expect(try Batch.records(rest.records).map(\.value) == ["t 2", "t 3", "t 4"])
    // What is gone already is no error, and moves nothing.
    #expect(try delete(test, [("t", 0, 1)], version: version).map(\.lowWatermark) == [2])
    // -1 is all there is.
    #expect(try delete(test, [("t", 0, -1)], version: version).map(\.lowWatermark) == [5])
    #expect(try test.produce("t", Batch.of(["next"])).baseOffset == 5)
  }

  @Test func onlyWhatIsWrongFails() throws {
    let test = try TestBroker(["offsets.topic.num.partitions": "1"])
    _ = try test.createTopic("t")
    _ = try test.createTopic("kept", ["cleanup.policy": "compact"])
    _ = try test.createTopic("both", ["cleanup.policy": "compact,delete"])
    for name in ["t", "kept", "both"] { try produce(test, name, count: 3) }
    var find = FindCoordinatorRequest()
    find.key = "g"
    _ = try test.send(find, version: 3)
    let results = try delete(
      test,
      [
        ("t", 0, 4), ("t", 0, -2), ("t", 1, 0), ("missing", 0, 0), ("kept", 0, 1), ("__consumer_offsets", 0, 0),
        ("both", 0, 1), ("t", 0, 3),
      ])
    #expect(
      results.map(\.errorCode) == [
        .offsetOutOfRange, .offsetOutOfRange, .unknownTopicOrPartition, .unknownTopicOrPartition, .policyViolation,
        .invalidTopic, .none, .none,
      ])
    #expect(results.map(\.lowWatermark) == [-1, -1, -1, -1, -1, -1, 1, 3])
  }

  @Test func wholeSegmentsLeaveTheDisk() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", ["segment.bytes": "16384"])
    for _ in 0..<8 {
      _ = try test.produce("t", Batch.of([String(repeating: "x", count: 9000)]))
    }
    func logs() throws -> Int {
      try test.files.list("\(TestBroker.directory)/t-0").filter { $0.hasSuffix(".log") || $0.hasSuffix(".deleted") }
        .count
    }
    let before = try logs()
    #expect(before > 4)
    #expect(try delete(test, [("t", 0, 6)]).map(\.lowWatermark) == [6])
    #expect(try logs() < before - 2)
    #expect(try test.fetch("t", from: 6).errorCode == .none)
  }

  @Test func whatIsDeletedStaysDeletedAfterACrash() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    _ = try test.createTopic("t")
    try produce(test, "t", count: 5)
    #expect(try delete(test, [("t", 0, 3)]).map(\.lowWatermark) == [3])
    files.kill()
    let again = try TestBroker(files)
    #expect(try again.firstOffset(of: "t") == 3)
    #expect(try Batch.records(again.fetch("t", from: 3).records).map(\.value) == ["t 3", "t 4"])
  }

  /// What the checkpoint says of a deleted topic is not said of the next one of its name.
  @Test func aTopicCreatedAnewKeepsItsRecords() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    _ = try test.createTopic("t")
    try produce(test, "t", count: 9)
    _ = try delete(test, [("t", 0, -1)])
    var topic = DeleteTopicsRequest.DeleteTopicState()
    topic.name = "t"
    var request = DeleteTopicsRequest()
    request.topics = [topic]
    #expect(try test.send(request, version: 6).responses.map(\.errorCode) == [.none])
    _ = try test.createTopic("t")
    try produce(test, "t", count: 2)
    files.kill()
    let again = try TestBroker(files)
    #expect(try again.firstOffset(of: "t") == 0)
    #expect(try Batch.records(again.fetch("t", from: 0).records).map(\.value) == ["t 0", "t 1"])
  }

  /// A full disk is no reason to keep what is to be deleted.
  @Test func aFullDiskStillDeletes() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    try produce(test, "t", count: 3)
    test.files.setCapacity(1)
    let results = try delete(test, [("t", 0, 2)])
    #expect(results.map(\.errorCode) == [.none])
    #expect(results.map(\.lowWatermark) == [2])
    #expect(test.warnings.contains { $0.contains("after a crash") })
  }
}
