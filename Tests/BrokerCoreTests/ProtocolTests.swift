import Base
import BrokerCore
import KafkaProtocol
import NIOCore
import Simulator
import Testing

@Suite struct ProtocolTests {
  private func reason(_ test: TestBroker, _ id: RequestID) -> String? {
    if case .closed(let reason) = test.answers[id] { return reason }
    return nil
  }

  private func header(_ key: Int16, _ version: Int16) -> ByteBuffer {
    var frame = ByteBuffer()
    frame.writeInteger(key)
    frame.writeInteger(version)
    frame.writeInteger(Int32(77))
    return frame
  }

  @Test(arguments: Array(ApiVersionsRequest.versions))
  func versionsAreTold(version: Int16) throws {
    let test = try TestBroker()
    var request = ApiVersionsRequest()
    request.clientSoftwareName = "test"
    request.clientSoftwareVersion = "1.0"
    let response = try test.send(request, version: version)
    #expect(response.errorCode == .none)
    let byKey = Dictionary(uniqueKeysWithValues: response.apiKeys.map { ($0.apiKey, $0) })
    #expect(byKey[0]?.minVersion == 0, "librdkafka wants to see the old versions of Produce")
    #expect(byKey[0]?.maxVersion == 13)
    #expect(byKey[1]?.minVersion == 4)
    #expect(byKey[18] != nil)
  }

  @Test func unknownVersionOfApiVersionsIsAnsweredInTheOldestFormat() throws {
    let test = try TestBroker()
    var frame = header(18, 99)
    frame.writeBytes([0xFF, 0xFF, 0, 1, 2, 3])
    let id = test.start(frame)
    let response = try #require(try test.answer(to: id, ApiVersionsResponse.self, version: 0))
    #expect(response.errorCode == .unsupportedVersion)
    #expect(response.apiKeys.map(\.maxVersion) == [4])
  }

  @Test func softwareNamesHaveRules() throws {
    let test = try TestBroker()
    var request = ApiVersionsRequest()
    request.clientSoftwareName = "-bad-"
    request.clientSoftwareVersion = "1"
    #expect(try test.send(request, version: 3).errorCode == .invalidRequest)
  }

  @Test func whatIsNotServedEndsTheConnection() throws {
    let test = try TestBroker()
    var frame = header(999, 0)
    frame.writeInteger(Int16(-1))
    #expect(reason(test, test.start(frame))?.contains("999") == true)
    frame = header(0, 2)
    frame.writeInteger(Int16(-1))
    #expect(reason(test, test.start(frame))?.contains("Produce version 2") == true)
    frame = header(3, -1)
    frame.writeInteger(Int16(-1))
    #expect(reason(test, test.start(frame)) != nil)
    #expect(reason(test, test.start(ByteBuffer()))?.contains("header") == true)
    frame = header(3, 1)
    frame.writeInteger(Int16(-1))
    frame.writeInteger(Int32(Int32.max))
    #expect(reason(test, test.start(frame))?.contains("malformed Metadata") == true)
  }

  @Test func clusterIsDescribed() throws {
    let test = try TestBroker()
    let response = try test.send(DescribeClusterRequest(), version: 2)
    #expect(response.brokers.map(\.brokerID) == [1])
    #expect(response.controllerID == 1)
    var controllers = DescribeClusterRequest()
    controllers.endpointType = 2
    #expect(try test.send(controllers, version: 1).errorCode == .mismatchedEndpointType)
  }

  @Test func producerIDsAreGivenOnce() throws {
    let files = VirtualFileSystem()
    var given: Set<Int64> = []
    for _ in 0..<3 {
      let test = try TestBroker(files)
      for _ in 0..<1500 {
        var request = InitProducerIDRequest()
        request.transactionalID = nil
        let response = try test.send(request, version: 4)
        #expect(response.errorCode == .none)
        #expect(response.producerEpoch == 0)
        #expect(given.insert(response.producerID).inserted)
      }
      files.kill()
    }
    let test = try TestBroker(files)
    var request = InitProducerIDRequest()
    request.transactionalID = "x"
    #expect(try test.send(request, version: 4).errorCode == .unsupportedVersion)
    #expect(test.warnings.contains { $0.contains("transaction") })
  }

  @Test func aShortRequestGetsNoLongAnswer() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 2)
    var metadata = MetadataRequest()
    var topic = MetadataRequest.MetadataRequestTopic()
    topic.name = "t"
    metadata.topics = Array(repeating: topic, count: 1000)
    #expect(try test.send(metadata, version: 12).topics.map(\.name) == ["t"])
    var describe = DescribeConfigsRequest()
    func resource(_ type: Int8, _ name: String) -> DescribeConfigsRequest.DescribeConfigsResource {
      var resource = DescribeConfigsRequest.DescribeConfigsResource()
      resource.resourceType = type
      resource.resourceName = name
      return resource
    }
    describe.resources = Array(repeating: resource(2, "t"), count: 1000) + [resource(4, "1"), resource(4, "01")]
    #expect(try test.send(describe, version: 4).results.map(\.errorCode) == [.none, .none, .invalidRequest])
    var list = ListOffsetsRequest()
    var listed = ListOffsetsRequest.ListOffsetsTopic()
    listed.name = "t"
    listed.partitions = ([0, 1, 0] as [Int32]).map { index in
      var partition = ListOffsetsRequest.ListOffsetsPartition()
      partition.partitionIndex = index
      partition.timestamp = -1
      return partition
    }
    list.topics = [listed]
    #expect(
      try test.send(list, version: 7).topics.flatMap { $0.partitions.map(\.errorCode) }
        == [.invalidRequest, .none, .invalidRequest])
  }

  @Test func offsetsAreListed() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    _ = try test.produce("t", try Batch.of(["a", "b", "c"], timestamp: 1000))
    _ = try test.produce("t", try Batch.of(["d", "e"], codec: .lz4, timestamp: 5000))
    func list(_ timestamp: Int64, version: Int16 = 11, partition: Int32 = 0) throws -> (Int64, Int64, ErrorCode) {
      var part = ListOffsetsRequest.ListOffsetsPartition()
      part.partitionIndex = partition
      part.timestamp = timestamp
      var topic = ListOffsetsRequest.ListOffsetsTopic()
      topic.name = "t"
      topic.partitions = [part]
      var request = ListOffsetsRequest()
      request.topics = [topic]
      let answer = try #require(try test.send(request, version: version).topics.first?.partitions.first)
      return (answer.offset, answer.timestamp, answer.errorCode)
    }
    #expect(try list(-1) == (5, -1, .none))
    #expect(try list(-2) == (0, -1, .none))
    #expect(try list(-3) == (4, 5001, .none))
    #expect(try list(-4) == (0, -1, .none))
    #expect(try list(-5) == (-1, -1, .none))
    #expect(try list(0) == (0, 1000, .none))
    #expect(try list(1001) == (1, 1001, .none))
    #expect(try list(1003) == (3, 5000, .none))
    #expect(try list(5001) == (4, 5001, .none))
    #expect(try list(5002) == (-1, -1, .none))
    #expect(try list(-3, version: 6).2 == .unsupportedVersion)
    #expect(try list(-9).2 == .unsupportedVersion)
    #expect(try list(0, partition: 3).2 == .unknownTopicOrPartition)
    for version in ListOffsetsRequest.versions { #expect(try list(1002, version: version).0 == 2) }
    // Nobody can tell which of two questions an answer belongs to.
    var topic = ListOffsetsRequest.ListOffsetsTopic()
    topic.name = "t"
    topic.partitions = ([0, 0, 7] as [Int32]).map { index in
      var part = ListOffsetsRequest.ListOffsetsPartition()
      part.partitionIndex = index
      part.timestamp = -1
      return part
    }
    var twice = ListOffsetsRequest()
    twice.topics = [topic]
    #expect(
      try test.send(twice, version: 7).topics[0].partitions.map(\.errorCode) == [
        .invalidRequest, .invalidRequest, .unknownTopicOrPartition,
      ])
  }
}
