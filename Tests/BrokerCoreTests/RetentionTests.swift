import Base
import BrokerCore
import KafkaProtocol
import Records
import Simulator
import Testing

/// Nothing goes without a word to those who have not read it, and the disk keeps to its budget.
@Suite struct RetentionTests {
  private let filler = String(repeating: "x", count: 4000)

  private func look(_ test: TestBroker) {
    test.broker.checkStorage(now: test.now, effects: &test.processor.effects)
    test.settle()
  }

  private func retain(_ test: TestBroker) {
    test.broker.applyRetention(now: test.now, effects: &test.processor.effects)
    test.settle()
  }

  private func commit(_ test: TestBroker, _ group: String, _ topic: String, _ offset: Int64) throws {
    var find = FindCoordinatorRequest()
    find.key = group
    #expect(try test.send(find, version: 3).errorCode == .none)
    var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
    partition.committedOffset = offset
    var commitTopic = OffsetCommitRequest.OffsetCommitRequestTopic()
    commitTopic.name = topic
    commitTopic.partitions = [partition]
    var request = OffsetCommitRequest()
    request.groupID = group
    request.topics = [commitTopic]
    let response = try test.send(request, version: 8)
    #expect(response.topics.first?.partitions.first?.errorCode == ErrorCode.none)
  }

  private func start(_ test: TestBroker, _ topic: String) throws -> Int64 {
    try #require(test.broker.topics.topic(named: topic)?.partitions.first).offsets.logStart
  }

  private func logBytes(_ test: TestBroker) -> Int {
    test.files.paths.filter { $0.hasSuffix(".log") || $0.hasSuffix("index") }
      .reduce(0) { $0 + (test.files.content($1)?.count ?? 0) }
  }

  @Test func recordsFromTheFutureAreNotKeptLonger() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", ["retention.ms": "60000"])
    let future = test.now.wall + 10 * 365 * 86_400_000
    #expect(try test.produce("t", Batch.of(["early"], timestamp: future)).errorCode == .none)
    test.advance(milliseconds: 60_000)
    retain(test)
    #expect(try start(test, "t") == 0)
    test.advance(milliseconds: 1)
    retain(test)
    #expect(try start(test, "t") == 1)
  }

  @Test func groupsAreNamedBeforeRetentionTakesWhatTheyHaveNotRead() throws {
    let test = try TestBroker(["log.retention.check.interval.ms": "1000", "offsets.topic.num.partitions": "2"])
    _ = try test.createTopic("t", ["retention.ms": "100000"])
    for _ in 0..<10 {
      #expect(try test.produce("t", Batch.of(["x"], timestamp: test.now.wall)).errorCode == .none)
    }
    try commit(test, "slow", "t", 4)
    try commit(test, "quick", "t", 10)
    test.advance(milliseconds: 90_000)
    retain(test)
    #expect(test.warnings.isEmpty)
    test.advance(milliseconds: 1)
    retain(test)
    #expect(test.warnings.count == 1)
    let warning = try #require(test.warnings.first)
    for part in ["slow", "about to lose 6 records", "t-0", "4 to 9", "retention"] {
      #expect(warning.contains(part), "\(warning)")
    }
    #expect(test.broker.storageMetrics.unreadRecordsExpiring == 6)
    #expect(test.broker.storageMetrics.unreadRecordsLost == 0)
    #expect(try start(test, "t") == 0)
    test.advance(milliseconds: 10_000)
    retain(test)
    #expect(test.warnings.count == 2)
    #expect(test.warnings.last?.contains("group slow loses 6 records of t-0") == true)
    #expect(test.broker.storageMetrics.unreadRecordsLost == 6)
    #expect(test.broker.storageMetrics.unreadRecordsExpiring == 0)
    #expect(try start(test, "t") == 10)
    // What was told is not told again.
    retain(test)
    #expect(test.warnings.count == 2)
  }

  @Test func groupsAreNamedBeforeBytesAreTooMany() throws {
    let test = try TestBroker(["offsets.topic.num.partitions": "1"])
    _ = try test.createTopic("t", ["retention.bytes": "100000", "segment.bytes": "16384"])
    try commit(test, "g", "t", 0)
    var told = -1
    for round in 0..<40 {
      #expect(try test.produce("t", Batch.of([filler])).errorCode == .none)
      retain(test)
      if told < 0, !test.warnings.isEmpty {
        told = round
        #expect(try start(test, "t") == 0)
        #expect(test.warnings[0].contains("about to lose"))
      }
    }
    #expect(told > 0)
    let lost = try start(test, "t")
    #expect(lost > 0)
    #expect(test.broker.storageMetrics.unreadRecordsLost == lost)
  }

  @Test func theOldestSegmentsOfAllTopicsGo() throws {
    let test = try TestBroker([
      "log.disk.budget.bytes": "95000", "log.segment.bytes": "16384", "offsets.topic.num.partitions": "1",
    ])
    for topic in ["old", "new"] { _ = try test.createTopic(topic) }
    _ = try test.createTopic("state", ["cleanup.policy": "compact"])
    for number in 0..<10 {
      #expect(try test.produce("state", Batch.of(["\(number)" + filler], keys: true)).errorCode == .none)
    }
    try commit(test, "g", "old", 1)
    try commit(test, "g", "new", 1)
    for topic in ["old", "new"] {
      for _ in 0..<12 {
        #expect(try test.produce(topic, Batch.of([filler])).errorCode == .none)
        test.advance(milliseconds: 1000)
      }
      test.advance(milliseconds: topic == "old" ? 60_000 : 0)
    }
    #expect(logBytes(test) > 95_000)
    look(test)
    #expect(logBytes(test) <= 95_000)
    // The old one goes first; it loses all it can before the new one loses anything.
    let lost = try start(test, "old")
    #expect(lost == 12)
    #expect(try start(test, "new") == 0)
    #expect(try start(test, "state") == 0)
    #expect(test.warnings.contains { $0.contains("group g loses \(lost - 1) records of old-0") })
    #expect(!test.warnings.contains { $0.contains("loses") && $0.contains("new-0") })
    let metrics = test.broker.storageMetrics
    #expect(metrics.unreadRecordsLost == lost - 1)
    #expect(metrics.trimmedSegments > 0 && metrics.trimmedBytes > 16_000)
    // Nothing is trimmed that need not be.
    look(test)
    #expect(try start(test, "old") == lost)
    // Near the budget, those are named who come next.
    #expect(test.warnings.contains { $0.contains("group g is about to lose") && $0.contains("the disk budget") })
    #expect(metrics.unreadRecordsOverBudget > 0)
  }

  /// One large segment is no way around the budget.
  @Test func aSegmentThatIsAppendedToEndsInTime() throws {
    let test = try TestBroker(["log.disk.budget.bytes": "1000000"])
    _ = try test.createTopic("t")
    for _ in 0..<1000 {
      #expect(try test.produce("t", Batch.of([filler])).errorCode == .none)
      look(test)
      #expect(logBytes(test) <= 1_000_000)
    }
    #expect(logBytes(test) > 500_000)
    #expect(try start(test, "t") > 500)
    #expect(try Batch.records(test.fetch("t", from: 999).records).count == 1)
  }

  @Test func aShareOfTheDiskIsABudgetToo() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files, ["log.disk.budget.percent": "50", "log.disk.reserve.bytes": "1000"])
    files.setCapacity(2_000_000)
    _ = try test.createTopic("t")
    for _ in 0..<1000 {
      #expect(try test.produce("t", Batch.of([filler])).errorCode == .none)
      look(test)
      #expect(logBytes(test) <= 1_000_000)
    }
  }

  /// Where a budget is set, room is made before records would be refused, whoever else fills the disk.
  @Test func roomIsMadeBeforeTheDiskIsFull() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files, ["log.disk.budget.percent": "100", "log.disk.reserve.bytes": "200000"])
    files.setCapacity(files.usedBytes + 1_500_000)
    _ = try test.createTopic("t")
    for round in 0..<2000 {
      #expect(try test.produce("t", Batch.of([filler])).errorCode == .none)
      if round == 1000 { files.setCapacity(files.usedBytes + 250_000) }
      look(test)
    }
    #expect(test.broker.directories[0].refusedBatchCount == 0)
    #expect(try start(test, "t") > 1000)
  }

  @Test func aBudgetThatCannotBeKeptIsTold() throws {
    let test = try TestBroker(["log.disk.budget.bytes": "20000"])
    _ = try test.createTopic("state", ["cleanup.policy": "compact"])
    for number in 0..<10 {
      #expect(try test.produce("state", Batch.of(["\(number)" + filler], keys: true)).errorCode == .none)
    }
    look(test)
    #expect(test.warnings.contains { $0.contains("log.disk.budget.bytes") && $0.contains("nothing to trim") })
    #expect(try start(test, "state") == 0)
  }

  @Test func theBudgetCanBeChangedWhileRunning() throws {
    let test = try TestBroker(["log.segment.bytes": "16384"])
    _ = try test.createTopic("t")
    for _ in 0..<30 { #expect(try test.produce("t", Batch.of([filler])).errorCode == .none) }
    look(test)
    #expect(try start(test, "t") == 0)
    var alterable = IncrementalAlterConfigsRequest.AlterableConfig()
    alterable.name = "log.disk.budget.bytes"
    alterable.value = "50000"
    var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
    resource.resourceType = 4
    resource.resourceName = "1"
    resource.configs = [alterable]
    var request = IncrementalAlterConfigsRequest()
    request.resources = [resource]
    #expect(try test.send(request, version: 1).responses.first?.errorCode == ErrorCode.none)
    look(test)
    #expect(try start(test, "t") > 0)
    #expect(logBytes(test) <= 50_000)
  }
}
