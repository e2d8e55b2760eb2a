import Base
import BrokerCore
import KafkaProtocol
import Records
import Testing

/// A short request must not be able to ask for a very long answer, or for very long work.
@Suite struct AmplificationTests {
  @Test func metadataDescribesATopicOnce() throws {
    let test = try TestBroker()
    let id = try test.createTopic("t", partitions: 4)
    var named = MetadataRequest.MetadataRequestTopic()
    named.name = "t"
    var missing = MetadataRequest.MetadataRequestTopic()
    missing.name = "missing"
    var request = MetadataRequest()
    request.allowAutoTopicCreation = false
    request.topics = Array(repeating: named, count: 1000) + Array(repeating: missing, count: 1000)
    let response = try test.send(request, version: 9)
    #expect(response.topics.map(\.name) == ["t", "missing"])
    named.name = nil
    named.topicID = id
    request.topics = Array(repeating: named, count: 1000)
    #expect(try test.send(request, version: 12).topics.map(\.topicID) == [id])
  }

  @Test func configsOfAResourceAreDescribedOnce() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    var request = DescribeConfigsRequest()
    for (type, name) in [(Int8(2), "t"), (4, "1"), (4, "01"), (4, "+1")] {
      var resource = DescribeConfigsRequest.DescribeConfigsResource()
      resource.resourceType = type
      resource.resourceName = name
      resource.configurationKeys = nil
      request.resources += Array(repeating: resource, count: 100)
    }
    let results = try test.send(request, version: 4).results
    #expect(results.map(\.resourceName) == ["t", "1", "01", "+1"])
    // A broker has one name, or it could be asked for in any number of ways.
    #expect(results.map(\.errorCode) == [.none, .none, .invalidRequest, .invalidRequest])
  }

  @Test func fetchLooksAtAPartitionOnce() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t")
    _ = try test.produce("t", try Batch.of(["a", "b", "c"]))
    var request = test.fetchRequest("t", from: 0)
    var last = request.topics[0].partitions[0]
    request.topics[0].partitions = Array(repeating: last, count: 1000)
    last.fetchOffset = 3
    request.topics[0].partitions.append(last)
    let topics = try test.send(request, version: 12).responses
    // What was said last counts, as in Kafka.
    #expect(topics.flatMap(\.partitions).count == 1)
    #expect(try Batch.records(topics[0].partitions[0].records).isEmpty)
  }

  @Test func longValuesOfSettingsAreRefused() throws {
    let test = try TestBroker()
    let value = String(repeating: "0", count: 30_000) + "86400000"
    let result = try test.createTopicResult("t", ["retention.ms": value])
    #expect(result.errorCode == .invalidConfig)
    #expect(try test.createTopicResult("t", ["retention.ms": "0086400000"]).errorCode == .none)
  }

  /// 3 KB become 60 MB. One batch like that is taken, a request full of them is not.
  @Test func requestsHaveABoundOnWhatTheyHaveDecompressed() throws {
    let test = try TestBroker()
    _ = try test.createTopic("t", partitions: 8)
    var builder = RecordBatchBuilder()
    try [UInt8](repeating: 0, count: 60 << 20).withUnsafeBytes {
      try builder.append(key: nil, value: $0, timestamp: 1_700_000_000_000)
    }
    let bomb = try builder.build(.zstd, with: Compressor())
    #expect(bomb.count < 100_000)
    var request = test.produceRequest("t", 0, bomb)
    let data = request.topicData[0].partitionData[0]
    request.topicData[0].partitionData = (0..<8).map { index in
      var data = data
      data.index = Int32(index)
      return data
    }
    let parts = try test.send(request, version: 9).responses[0].partitionResponses
    #expect(parts.prefix(3).allSatisfy { $0.errorCode == .none })
    #expect(parts.suffix(5).allSatisfy { $0.errorCode == .requestTimedOut && $0.baseOffset == -1 })
    // The next request begins anew.
    #expect(try test.produce("t", 7, try Batch.of(["a"], codec: .lz4)).errorCode == .none)
  }

  @Test func waitersAreFoundHoweverManyThereAre() {
    func request(_ number: UInt64) -> RequestID {
      RequestID(connection: ConnectionID(loop: 0, number: number), number: 0)
    }
    var random = SeededRandom(seed: 7)
    var waiters = FetchWaiters()
    var model: Set<RequestID> = []
    for step in 0..<20_000 {
      let one = request(.random(in: 0..<60, using: &random))
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        waiters.insert(one)
        model.insert(one)
      case 6..<9:
        waiters.remove(one)
        model.remove(one)
      default:
        if step.isMultiple(of: 40) {
          waiters.removeAll()
          model = []
        }
      }
      #expect(waiters.list.count == model.count && Set(waiters.list) == model && waiters.isEmpty == model.isEmpty)
    }
  }
}
