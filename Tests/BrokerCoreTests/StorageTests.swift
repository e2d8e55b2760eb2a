import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// Disks that fill up and fail.
@Suite struct StorageTests {
  private let filler = String(repeating: "x", count: 1000)

  private func check(_ test: TestBroker) {
    test.broker.checkStorage(now: test.now, effects: &test.processor.effects)
    test.settle()
  }

  private func commit(_ test: TestBroker, _ topic: String, _ offset: Int64) throws -> ErrorCode {
    var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
    partition.committedOffset = offset
    var commitTopic = OffsetCommitRequest.OffsetCommitRequestTopic()
    commitTopic.name = topic
    commitTopic.partitions = [partition]
    var request = OffsetCommitRequest()
    request.groupID = "g"
    request.topics = [commitTopic]
    let response = try test.send(request, version: 8)
    return try #require(response.topics.first?.partitions.first).errorCode
  }

  private func findCoordinator(_ test: TestBroker) throws -> ErrorCode {
    var request = FindCoordinatorRequest()
    request.key = "g"
    return try test.send(request, version: 3).errorCode
  }

  private func delete(_ test: TestBroker, _ topic: String) throws -> ErrorCode {
    var request = DeleteTopicsRequest()
    request.topicNames = [topic]
    return try #require(try test.send(request, version: 5).responses.first).errorCode
  }

  private func metadata(_ test: TestBroker, _ topic: String) throws -> MetadataResponse.MetadataResponsePartition {
    var wanted = MetadataRequest.MetadataRequestTopic()
    wanted.name = topic
    var request = MetadataRequest()
    request.topics = [wanted]
    return try #require(try test.send(request, version: 9).topics.first?.partitions.first)
  }

  /// Produces until it is refused; returns how many records were taken.
  private func fill(_ test: TestBroker, _ topic: String, looking: Bool) throws -> Int64 {
    var count: Int64 = 0
    while count < 10_000 {
      let result = try test.produce(topic, Batch.of([filler]))
      if result.errorCode != .none {
        #expect(result.errorCode == .kafkaStorageError)
        return count
      }
      #expect(result.baseOffset == count)
      count += 1
      if looking { check(test) }
    }
    Issue.record("the disk takes everything")
    return count
  }

  @Test(arguments: [true, false])
  func aFullDiskRefusesRecordsAlone(looking: Bool) throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(
      files, ["log.disk.reserve.bytes": "300000", "offsets.topic.num.partitions": "1"])
    for topic in ["a", "b"] { _ = try test.createTopic(topic) }
    #expect(try findCoordinator(test) == .none)
    files.setCapacity(files.usedBytes + 600_000)
    check(test)
    let count = try fill(test, "a", looking: looking)
    #expect((250..<300).contains(count), "\(count) KB of 300 were taken")
    check(test)
    #expect(test.warnings.contains { $0.contains("log.disk.reserve.bytes") && $0.contains(TestBroker.directory) })
    // All other topics of that disk share its fate, and everything else goes on.
    #expect(try test.produce("b", Batch.of(["x"])).errorCode == .kafkaStorageError)
    #expect(try test.createTopicResult("c").errorCode == .kafkaStorageError)
    #expect(try Batch.records(test.fetch("a", from: count - 1).records).map(\.offset) == [count - 1])
    for offset in 0..<50 { #expect(try commit(test, "a", Int64(offset)) == .none) }
    #expect(try test.set("retention.ms", of: "b", to: "1000") == .none)
    test.broker.checkpoint(now: test.now, effects: &test.processor.effects)
    test.settle()
    #expect(test.broker.directories.map(\.refusedBatchCount).reduce(0, +) >= 2)
    #expect(try delete(test, "a") == .none)
    #expect(try test.produce("b", Batch.of(["x"])).errorCode == .kafkaStorageError)
    // Room comes back, and with it the broker.
    check(test)
    #expect(test.notices.contains { $0.contains("room") })
    #expect(try test.produce("b", Batch.of(["x"])).errorCode == .none)
    #expect(try test.createTopicResult("c").errorCode == .none)
  }

  /// Where the reserve is switched off, or somebody else was quicker, a write meets the end of the disk.
  @Test func theEndOfTheDiskIsMetAndLeft() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files, ["log.disk.reserve.bytes": "0"])
    _ = try test.createTopic("a")
    files.setCapacity(files.usedBytes + 20_500)
    let count = try fill(test, "a", looking: false)
    #expect(count == 19 || count == 18)
    #expect(test.broker.directories[0].isFull)
    check(test)
    #expect(try test.produce("a", Batch.of([filler])).errorCode == .kafkaStorageError)
    files.setCapacity(files.usedBytes + 20_500)
    check(test)
    #expect(try test.produce("a", Batch.of(["after"])).baseOffset == count)
    files.kill()
    let again = try TestBroker(files)
    let records = try Batch.records(again.fetch("a", from: 0).records)
    #expect(records.map(\.offset) == Array(0...count))
    #expect(records.last?.value == "after")
  }

  @Test func aFailingDirectoryTakesItsPartitionsOffline() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files, ["flush": "os"])
    for topic in ["a", "b"] {
      _ = try test.createTopic(topic)
      #expect(try test.produce(topic, Batch.of(["x"])).errorCode == .none)
    }
    files.failNext(5, "Input/output error")
    #expect(try test.produce("a", Batch.of(["lost"])).errorCode == .kafkaStorageError)
    let waiting = try test.start(test.fetchRequest("b", from: 1, minBytes: 1, maxWait: 60_000), version: 12)
    #expect(test.answers[waiting] == nil)
    check(test)
    #expect(test.warnings.contains { $0.contains("2 partitions") && $0.contains("Input/output error") })
    let answer = try #require(try test.answer(to: waiting, FetchResponse.self, version: 12))
    #expect(answer.responses.first?.partitions.first?.errorCode == .kafkaStorageError)
    for topic in ["a", "b"] {
      #expect(try test.produce(topic, Batch.of(["x"])).errorCode == .kafkaStorageError)
      #expect(try test.fetch(topic, from: 0).errorCode == .kafkaStorageError)
      let described = try metadata(test, topic)
      #expect(described.errorCode == .leaderNotAvailable && described.leaderID == -1)
      #expect(described.offlineReplicas == [1])
    }
    // It is told once.
    let told = test.warnings.count
    check(test)
    #expect(test.warnings.count == told)
    #expect(test.broker.close(effects: &test.processor.effects) == false)
    files.kill()
    let again = try TestBroker(files)
    for topic in ["a", "b"] {
      #expect(try Batch.records(again.fetch(topic, from: 0).records).map(\.value) == ["x"])
      #expect(try again.produce(topic, Batch.of(["y"])).baseOffset == 1)
    }
  }

  @Test func aDiskThatCannotBeAskedHasFailed() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    _ = try test.createTopic("a")
    files.failSpace(5)
    check(test)
    #expect(try test.produce("a", Batch.of(["x"])).errorCode == .kafkaStorageError)
    #expect(test.broker.directories[0].failure != nil)
  }

  @Test func aLogThatCannotBeOpenedDoesNotStopTheStart() throws {
    let files = VirtualFileSystem()
    let first = try TestBroker(files)
    for topic in ["a", "b"] {
      _ = try first.createTopic(topic)
      #expect(try first.produce(topic, Batch.of(["x", "y"])).errorCode == .none)
    }
    #expect(first.broker.close(effects: &first.processor.effects))
    files.kill()
    let log = TestBroker.directory + "/a-0"
    try files.rename(log, to: log + ".elsewhere")
    files.close(try files.open(log, .readWrite))
    let test = try TestBroker(files)
    #expect(test.broker.topics.topic(named: "a")?.partitions.first?.failure?.contains("a-0") == true)
    #expect(try test.produce("a", Batch.of(["z"])).errorCode == .kafkaStorageError)
    #expect(try metadata(test, "a").leaderID == -1)
    #expect(try test.produce("b", Batch.of(["z"])).baseOffset == 2)
    #expect(!test.broker.close(effects: &test.processor.effects))
    files.kill()
    try files.remove(log)
    try files.rename(log + ".elsewhere", to: log)
    let again = try TestBroker(files)
    #expect(try again.produce("a", Batch.of(["z"])).baseOffset == 2)
    #expect(try again.produce("b", Batch.of(["z"])).baseOffset == 3)
  }

  /// Groups whose log cannot be read are not taken for groups without offsets.
  @Test func groupsWithoutTheirLogAreNotServed() throws {
    let files = VirtualFileSystem()
    let first = try TestBroker(files, ["offsets.topic.num.partitions": "1"])
    _ = try first.createTopic("a")
    #expect(try first.produce("a", Batch.of(["x"])).errorCode == .none)
    #expect(try findCoordinator(first) == .none)
    #expect(try commit(first, "a", 1) == .none)
    #expect(first.broker.close(effects: &first.processor.effects))
    files.kill()
    let log = TestBroker.directory + "/__consumer_offsets-0/00000000000000000000.log"
    files.setReadsFail(log, true)
    let test = try TestBroker(files)
    #expect(test.warnings.contains { $0.contains("__consumer_offsets-0") })
    #expect(try findCoordinator(test) == .coordinatorNotAvailable)
    #expect(try commit(test, "a", 1) == .notCoordinator)
    #expect(try test.produce("a", Batch.of(["y"])).errorCode == .none)
    files.kill()
    files.setReadsFail(log, false)
    let again = try TestBroker(files)
    #expect(try findCoordinator(again) == .none)
    #expect(try commit(again, "a", 2) == .none)
  }
}
