import Base
import BrokerCore
import KafkaProtocol
import Simulator
import Testing

/// What one broker answers to requests about replicas, leaders and log directories.
@Suite struct AdministrationTests {
  private func broker() throws -> TestBroker {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 3)
    _ = try test.createTopic("u")
    return test
  }

  @Test(arguments: Array(DescribeLogDirsRequest.versions))
  func logDirectoriesAreDescribed(version: Int16) throws {
    let test = try broker()
    _ = try test.produce("t", 2, Batch.of(["a", "b"]))
    var request = DescribeLogDirsRequest()
    request.topics = nil
    let all = try test.send(request, version: version)
    #expect(all.errorCode == .none)
    #expect(all.results.map(\.logDir) == [TestBroker.directory])
    #expect(all.results[0].topics.map(\.name) == ["t", "u"])
    #expect(all.results[0].topics[0].partitions.map(\.partitionIndex) == [0, 1, 2])
    #expect(all.results[0].topics[0].partitions.map { $0.partitionSize > 0 } == [false, false, true])
    #expect(all.results[0].topics[0].partitions.allSatisfy { $0.offsetLag == 0 && !$0.isFutureKey })
    #expect((all.results[0].usableBytes > 0) == (version >= 4))
    #expect(all.results[0].totalBytes >= all.results[0].usableBytes)
    request.topics = ([("missing", [0]), ("t", [7, 1]), ("t", [1])] as [(String, [Int32])]).map { name, indexes in
      var topic = DescribeLogDirsRequest.DescribableLogDirTopic()
      topic.topic = name
      topic.partitions = indexes
      return topic
    }
    let some = try test.send(request, version: version).results[0].topics
    #expect(some.map(\.name) == ["t"])
    #expect(some[0].partitions.map(\.partitionIndex) == [1])
  }

  @Test(arguments: Array(AlterReplicaLogDirsRequest.versions))
  func replicasStayWhereTheyAre(version: Int16) throws {
    let test = try broker()
    var request = AlterReplicaLogDirsRequest()
    request.dirs = ["/elsewhere", TestBroker.directory].map { path in
      var topic = AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic()
      topic.name = "t"
      topic.partitions = [0, 9]
      var directory = AlterReplicaLogDirsRequest.AlterReplicaLogDir()
      directory.path = path
      directory.topics = [topic]
      return directory
    }
    let results = try test.send(request, version: version).results
    #expect(
      results.map { $0.partitions.map(\.errorCode) } == [
        [.logDirectoryNotFound, .logDirectoryNotFound], [.none, .unknownTopicOrPartition],
      ])
  }

  @Test(arguments: Array(ElectLeadersRequest.versions))
  func noElectionIsNeeded(version: Int16) throws {
    let test = try broker()
    var request = ElectLeadersRequest()
    request.topicPartitions = nil
    let all = try test.send(request, version: version)
    #expect(all.errorCode == .none)
    #expect(all.replicaElectionResults.isEmpty)
    request.topicPartitions = ([("t", [0, 9]), ("missing", [0])] as [(String, [Int32])]).map { name, indexes in
      var topic = ElectLeadersRequest.TopicPartitions()
      topic.topic = name
      topic.partitions = indexes
      return topic
    }
    func results(_ type: Int8) throws -> (ErrorCode, [ErrorCode]) {
      request.electionType = type
      let response = try test.send(request, version: version)
      return (response.errorCode, response.replicaElectionResults.flatMap { $0.partitionResult.map(\.errorCode) })
    }
    for type in [0, 1] as [Int8] {
      #expect(
        try results(type) == (.none, [.electionNotNeeded, .unknownTopicOrPartition, .unknownTopicOrPartition]))
    }
    guard version >= 1 else { return }
    #expect(try results(2) == (.invalidRequest, [.invalidRequest, .invalidRequest, .invalidRequest]))
  }

  @Test(arguments: Array(AlterPartitionReassignmentsRequest.versions))
  func partitionsStayWithTheBroker(version: Int16) throws {
    let test = try broker()
    var request = AlterPartitionReassignmentsRequest()
    var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
    topic.name = "t"
    let assignments: [(Int32, [Int32]?)] = [
      (0, [1]), (0, [1, 2]), (0, [2]), (0, []), (0, [1, 1]), (0, nil), (9, [1]),
    ]
    topic.partitions = assignments.map {
      index, replicas in
      var partition = AlterPartitionReassignmentsRequest.ReassignablePartition()
      partition.partitionIndex = index
      partition.replicas = replicas
      return partition
    }
    request.topics = [topic]
    let response = try test.send(request, version: version)
    #expect(response.errorCode == .none)
    #expect(
      response.responses.flatMap { $0.partitions.map(\.errorCode) } == [
        .none, .invalidReplicaAssignment, .invalidReplicaAssignment, .invalidReplicaAssignment,
        .invalidReplicaAssignment, .noReassignmentInProgress, .unknownTopicOrPartition,
      ])
    var list = ListPartitionReassignmentsRequest()
    list.topics = nil
    #expect(try test.send(list, version: 0).topics.isEmpty)
  }

  @Test func producersAreDescribed() throws {
    let test = try broker()
    for (id, sequence) in [(7, 0), (3, 0), (7, 2)] as [(Int64, Int32)] {
      let batch = try Batch.of(["a", "b"], producer: .init(id: id, epoch: 4, baseSequence: sequence))
      #expect(try test.produce("t", batch).errorCode == .none)
    }
    var request = DescribeProducersRequest()
    request.topics = ([("t", [0, 1, 0, 9]), ("missing", [0])] as [(String, [Int32])]).map { name, indexes in
      var topic = DescribeProducersRequest.TopicRequest()
      topic.name = name
      topic.partitionIndexes = indexes
      return topic
    }
    let partitions = try test.send(request, version: 0).topics.flatMap(\.partitions)
    #expect(
      partitions.map(\.errorCode) == [
        .none, .none, .invalidRequest, .unknownTopicOrPartition, .unknownTopicOrPartition,
      ])
    #expect(partitions[0].activeProducers.map(\.producerID) == [3, 7])
    #expect(partitions[0].activeProducers.map(\.producerEpoch) == [4, 4])
    #expect(partitions[0].activeProducers.map(\.lastSequence) == [1, 3])
    #expect(partitions[0].activeProducers.map(\.currentTxnStartOffset) == [-1, -1])
    #expect(partitions[0].activeProducers.allSatisfy { $0.lastTimestamp == test.now.wall })
    #expect(partitions[1].activeProducers.isEmpty)
  }

  /// As a broker without a metrics plugin: ApiVersions keeps silent, and who asks is told that nothing is wanted.
  @Test func telemetryIsNotWanted() throws {
    let test = try broker()
    let shown = try test.send(ApiVersionsRequest(), version: 0).apiKeys.map(\.apiKey)
    #expect(!shown.contains(71) && !shown.contains(72))
    let first = try test.send(GetTelemetrySubscriptionsRequest(), version: 0)
    #expect(first.errorCode == .none)
    #expect(first.clientInstanceID != .zero)
    #expect(first.requestedMetrics.isEmpty)
    #expect(first.acceptedCompressionTypes == [4, 3, 1, 2])
    #expect(try test.send(GetTelemetrySubscriptionsRequest(), version: 0).clientInstanceID != first.clientInstanceID)
    var again = GetTelemetrySubscriptionsRequest()
    again.clientInstanceID = first.clientInstanceID
    let second = try test.send(again, version: 0)
    #expect(second.clientInstanceID == first.clientInstanceID)
    #expect(second.subscriptionID == first.subscriptionID)

    var push = PushTelemetryRequest()
    #expect(try test.send(push, version: 0).errorCode == .invalidRequest)
    push.clientInstanceID = first.clientInstanceID
    push.subscriptionID = first.subscriptionID &+ 1
    #expect(try test.send(push, version: 0).errorCode == .unknownSubscriptionID)
    push.subscriptionID = first.subscriptionID
    push.compressionType = 9
    #expect(try test.send(push, version: 0).errorCode == .unsupportedCompressionType)
    push.compressionType = 0
    push.metrics = [1, 2, 3]
    #expect(try test.send(push, version: 0).errorCode == .none)
    push.metrics = Array(repeating: 0, count: (1 << 20) + 1)
    #expect(try test.send(push, version: 0).errorCode == .telemetryTooLarge)
  }
}
