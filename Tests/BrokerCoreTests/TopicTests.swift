import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

@Suite struct TopicTests {
  private func metadata(_ test: TestBroker, _ names: [String]?, creates: Bool = true) throws -> MetadataResponse {
    var request = MetadataRequest()
    request.allowAutoTopicCreation = creates
    request.topics = names.map { names in
      names.map { name in
        var topic = MetadataRequest.MetadataRequestTopic()
        topic.name = name
        return topic
      }
    }
    return try test.send(request, version: 12)
  }

  @Test func metadataNamesTheBroker() throws {
    let test = try TestBroker()
    _ = try test.createTopic("b", partitions: 2)
    _ = try test.createTopic("a")
    let response = try metadata(test, nil)
    #expect(response.brokers.map(\.host) == ["broker.test"])
    #expect(response.brokers.map(\.port) == [9092])
    #expect(response.controllerID == 1)
    #expect(response.topics.map(\.name) == ["a", "b"])
    #expect(response.topics[1].partitions.map(\.partitionIndex) == [0, 1])
    #expect(response.topics[1].partitions.map(\.isrNodes) == [[1], [1]])
    #expect(try metadata(test, []).topics.isEmpty)
  }

  @Test(arguments: Array(MetadataRequest.versions))
  func metadataOfEveryVersion(version: Int16) throws {
    let test = try TestBroker()
    let id = try test.createTopic("t")
    let all = try test.send(MetadataRequest(), version: version)
    #expect(all.topics.count == (version == 0 ? 1 : 0))
    var request = MetadataRequest()
    var topic = MetadataRequest.MetadataRequestTopic()
    topic.name = "t"
    request.topics = [topic]
    let found = try test.send(request, version: version)
    #expect(found.topics.map(\.errorCode) == [.none])
    if version >= 10 { #expect(found.topics[0].topicID == id) }
    if version >= 12 {
      request.topics?[0].topicID = id
      request.topics?[0].name = nil
      #expect(try test.send(request, version: version).topics.map(\.name) == ["t"])
    }
  }

  @Test func topicsAreCreatedOnUse() throws {
    let test = try TestBroker(["num.partitions": "3"])
    #expect(try metadata(test, ["t"], creates: false).topics.map(\.errorCode) == [.unknownTopicOrPartition])
    let created = try metadata(test, ["t", "not/allowed", "__consumer_offsets"])
    #expect(created.topics.map(\.errorCode) == [.none, .invalidTopic, .unknownTopicOrPartition])
    #expect(created.topics[0].partitions.count == 3)
    let other = try TestBroker(["auto.create.topics.enable": "false"])
    #expect(try metadata(other, ["t"]).topics.map(\.errorCode) == [.unknownTopicOrPartition])
  }

  @Test func namesFollowKafkasRules() throws {
    let test = try TestBroker()
    for name in ["", ".", "..", "a b", "ä", "a/b", String(repeating: "x", count: 250)] {
      let result = try test.createTopicResult(name)
      #expect(result.errorCode == .invalidTopic, "\(name)")
      #expect(result.errorMessage?.isEmpty == false)
    }
    _ = try test.createTopic(String(repeating: "x", count: 249))
    _ = try test.createTopic("a.b_c")
    #expect(try test.createTopicResult("a_b.c").errorCode == .invalidTopic)
    #expect(try test.createTopicResult("a.b_c").errorCode == .topicAlreadyExists)
  }

  @Test func creationIsChecked() throws {
    let test = try TestBroker(["max.partitions": "10"])
    #expect(try test.createTopicResult("t", partitions: 0).errorCode == .invalidPartitions)
    #expect(try test.createTopicResult("t", partitions: -2).errorCode == .invalidPartitions)
    #expect(try test.createTopicResult("t", partitions: .max).errorCode == .policyViolation)
    #expect(try test.createTopicResult("t", replicas: 2).errorCode == .invalidReplicationFactor)
    #expect(try test.createTopicResult("t", replicas: 0).errorCode == .invalidReplicationFactor)
    let config = try test.createTopicResult("t", ["retention.m": "1"])
    #expect(config.errorCode == .invalidConfig)
    #expect(config.errorMessage?.contains("retention.ms") == true)
    #expect(try test.createTopicResult("t", ["retention.ms": "soon"]).errorCode == .invalidConfig)
    let valid = try test.createTopicResult("t", partitions: -1, replicas: -1, validateOnly: true)
    #expect(valid.errorCode == .none)
    #expect(valid.numPartitions == 1)
    #expect(test.broker.topics.topic(named: "t") == nil)
    var request = CreateTopicsRequest()
    var topic = CreateTopicsRequest.CreatableTopic()
    topic.name = "t"
    topic.numPartitions = 1
    topic.replicationFactor = 1
    request.topics = [topic, topic]
    #expect(try test.send(request, version: 7).topics.map(\.errorCode) == [.invalidRequest])
  }

  @Test func assignmentsCount() throws {
    let test = try TestBroker()
    func result(_ assignments: [(Int32, [Int32])]) throws -> CreateTopicsResponse.CreatableTopicResult {
      var topic = CreateTopicsRequest.CreatableTopic()
      topic.name = "t"
      topic.numPartitions = -1
      topic.replicationFactor = -1
      topic.assignments = assignments.map { index, brokers in
        var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
        assignment.partitionIndex = index
        assignment.brokerIDs = brokers
        return assignment
      }
      var request = CreateTopicsRequest()
      request.topics = [topic]
      return try #require(try test.send(request, version: 7).topics.first)
    }
    #expect(try result([(0, [1]), (2, [1])]).errorCode == .invalidReplicaAssignment)
    #expect(try result([(0, [1]), (0, [1])]).errorCode == .invalidReplicaAssignment)
    #expect(try result([(0, [2])]).errorCode == .invalidReplicaAssignment)
    #expect(try result([(0, [1]), (1, [1])]).numPartitions == 2)
  }

  @Test func topicsSurviveARestart() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    let id = try test.createTopic("t", partitions: 2, ["retention.ms": "12345"])
    _ = try test.produce("t", 1, try Batch.of(["a"]))
    var add = CreatePartitionsRequest()
    var more = CreatePartitionsRequest.CreatePartitionsTopic()
    more.name = "t"
    more.count = 4
    more.assignments = nil
    add.topics = [more]
    #expect(try test.send(add, version: 3).results.map(\.errorCode) == [.none])
    #expect(try test.send(add, version: 3).results.map(\.errorCode) == [.invalidPartitions])
    var effects: [BrokerEffect<VirtualFileSystem>] = []
    #expect(test.broker.close(effects: &effects))
    files.kill()
    let again = try TestBroker(files)
    #expect(again.notes.isEmpty)
    let topic = try #require(again.broker.topics.topic(named: "t"))
    #expect(topic.id == id)
    #expect(topic.partitions.count == 4)
    #expect(try again.fetch("t", 1, from: 0).highWatermark == 1)
    #expect(try again.produce("t", 3, try Batch.of(["b"])).baseOffset == 0)
  }

  @Test func deletionByNameAndID() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files)
    let id = try test.createTopic("t")
    _ = try test.produce("t", try Batch.of(["a"]))
    var request = DeleteTopicsRequest()
    var state = DeleteTopicsRequest.DeleteTopicState()
    state.topicID = id
    request.topics = [state]
    let deleted = try test.send(request, version: 6).responses
    #expect(deleted.map(\.errorCode) == [.none])
    #expect(deleted.map(\.name) == ["t"])
    #expect(try test.send(request, version: 6).responses.map(\.errorCode) == [.unknownTopicID])
    #expect(!files.paths.contains { $0.hasPrefix("/data/t-") })
    // A new topic of that name has nothing of the old one.
    #expect(try test.createTopic("t") != id)
    #expect(try test.fetch("t", from: 0).highWatermark == 0)
    var byName = DeleteTopicsRequest()
    byName.topicNames = ["t", "missing"]
    #expect(try test.send(byName, version: 5).responses.map(\.errorCode) == [.none, .unknownTopicOrPartition])
  }

  /// The checkpoint files name a topic, not which one of that name.
  @Test func aNewTopicIsNotMeasuredByAnOldOne() throws {
    let files = VirtualFileSystem()
    let test = try TestBroker(files, ["log.segment.bytes": "1048576"])
    _ = try test.createTopic("t", ["segment.bytes": "1048576", "retention.ms": "1000"])
    for value in ["old", "older"] { _ = try test.produce("t", try Batch.of([value])) }
    test.now.wall += 10_000
    var effects: [BrokerEffect<VirtualFileSystem>] = []
    test.broker.applyRetention(now: test.now, effects: &effects)
    test.broker.checkpoint(now: test.now, effects: &effects)
    #expect(try test.fetch("t", from: 2).logStartOffset == 2)
    var request = DeleteTopicsRequest()
    request.topicNames = ["t"]
    #expect(try test.send(request, version: 5).responses.map(\.errorCode) == [.none])
    _ = try test.createTopic("t")
    _ = try test.produce("t", try Batch.of(["new"]))
    files.kill()
    let again = try TestBroker(files)
    #expect(try Batch.records(again.fetch("t", from: 0).records).map(\.value) == ["new"])
  }

  /// Whenever the power goes while a topic is deleted and made again, it is there or gone as a whole, and nothing of
  /// it stays behind in the end.
  @Test func deletionIsFinishedAfterACrash() throws {
    for calls in 1...60 {
      let files = VirtualFileSystem()
      var random = SeededRandom(seed: UInt64(calls))
      let test = try TestBroker(files)
      let id = try test.createTopic("t", partitions: 2)
      _ = try test.produce("t", try Batch.of(["a"]))
      var request = DeleteTopicsRequest()
      request.topicNames = ["t"]
      files.stop(afterCalls: calls)
      _ = try test.start(request, version: 5)
      let isDone = !files.isStopped
      files.crash(&random)
      let again = try TestBroker(files, seed: 2)
      if let topic = again.broker.topics.topic(named: "t") {
        #expect(topic.id == id)
        #expect(try again.fetch("t", from: 0).highWatermark == 1)
      } else {
        #expect(!files.paths.contains { $0.hasPrefix("/data/t-") }, "after \(calls) calls: \(files.paths)")
        #expect(try again.createTopic("t", partitions: 2) != id)
        #expect(try again.fetch("t", from: 0).highWatermark == 0)
      }
      if isDone { break }
    }
  }
}
