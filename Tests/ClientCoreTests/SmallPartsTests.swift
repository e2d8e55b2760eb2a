import Base
import ClientCore
import KafkaProtocol
import Records
import Testing

@Suite struct SmallPartsTests {
  @Test func readsAddresses() {
    #expect(BrokerAddress(parsing: "host") == BrokerAddress(host: "host", port: 9092))
    #expect(BrokerAddress(parsing: "host:1") == BrokerAddress(host: "host", port: 1))
    #expect(BrokerAddress(parsing: "[::1]:77") == BrokerAddress(host: "::1", port: 77))
    #expect(BrokerAddress(parsing: "[::1]") == BrokerAddress(host: "::1", port: 9092))
    #expect(BrokerAddress(parsing: "[::1]:77")?.description == "[::1]:77")
    for wrong in ["", ":1", "host:", "host:0", "host:65536", "host:x", "::1", "[::1", "[::1]x", "a b:1"] {
      #expect(BrokerAddress(parsing: wrong) == nil, "\(wrong)")
    }
  }

  @Test func backoffsDoubleUpToTheirLimit() {
    var backoff = Backoff(firstMilliseconds: 100, limitMilliseconds: 1000)
    var random = SeededRandom(seed: 3)
    let waits = (0..<40).map { _ in Double(backoff.next(&random)) / 100_000_000 }
    for (wait, middle) in zip(waits, [1.0, 2, 4, 8] + [Double](repeating: 10, count: 36)) {
      #expect(wait >= middle * 0.8 && wait <= middle * 1.2)
    }
    backoff.reset()
    #expect(Double(backoff.next(&random)) <= 120_000_000)
  }

  @Test func choosesTheHighestCommonVersion() throws {
    var response = ApiVersionsResponse()
    let ranges: [(Int16, Int16, Int16)] = [(0, 0, 9), (1, 20, 30), (3, 5, 2)]
    response.apiKeys = ranges.map { key, low, high in
      var api = ApiVersionsResponse.ApiVersion()
      api.apiKey = key
      api.minVersion = low
      api.maxVersion = high
      return api
    }
    let versions = BrokerVersions(response)
    #expect(try versions.version(of: ProduceRequest.self) == 9)
    #expect(try versions.version(of: ProduceRequest.self, atMost: 7) == 7)
    #expect(throws: ClientError.self) { try versions.version(of: FetchRequest.self) }
    #expect(throws: ClientError.self) { try versions.version(of: MetadataRequest.self) }
    #expect(throws: ClientError.self) { try versions.version(of: HeartbeatRequest.self) }
  }

  /// Partitions of 10 and of 7, as Kafka's Java client (`Utils.toPositive(Utils.murmur2(key)) % count`) gives them.
  @Test(arguments: [
    ("21", 0x7FFF_FFFF & UInt32(bitPattern: -973_932_308)), ("foobar", 0x7FFF_FFFF & UInt32(bitPattern: -790_332_482)),
    ("a-little-bit-long-string", 0x7FFF_FFFF & UInt32(bitPattern: -985_981_536)),
    ("a-little-bit-longer-string", 0x7FFF_FFFF & UInt32(bitPattern: -1_486_304_829)),
    ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", 0x7FFF_FFFF & UInt32(bitPattern: -58_897_971)),
    ("abc", 479_470_107),
  ])
  func keysGoWhereJavaSendsThem(key: String, hash: UInt32) {
    var accumulator = RecordAccumulator(options: ProducerOptions(), random: SeededRandom(seed: 1))
    _ = accumulator.index(of: "t")
    accumulator.setPartitions(of: 0, hasLeader: [Bool](repeating: true, count: 7))
    var shouldWake = false
    let bytes = Array(key.utf8)
    let outcome = bytes.withUnsafeBytes { key in
      accumulator.append(
        to: 0, partition: nil, key: key, value: nil, headers: .empty, timestamp: 0, token: 0, shouldWake: &shouldWake)
    }
    #expect(outcome == .accepted)
    #expect(shouldWake)
    #expect(accumulator.dirty.map(\.partition) == [Int(hash % 7)])
  }

  @Test func topicNamesFollowTheRule() {
    #expect(TopicName.problem(of: "a.B_c-9") == nil)
    for wrong in ["", ".", "..", "a/b", "ä", "a b", String(repeating: "x", count: 250)] {
      #expect(TopicName.problem(of: wrong) != nil, "\(wrong)")
    }
  }
}
