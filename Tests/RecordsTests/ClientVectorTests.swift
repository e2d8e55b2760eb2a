import Records
import Testing

/// Batches that librdkafka 2.16.0 (through confluent-kafka), aiokafka 0.14.0 and kafka-python 3.0.12 made of the same
/// three records.
@Suite struct ClientVectorTests {
  static let clients = ["librdkafka", "aiokafka", "kafka-python"]

  @Test(arguments: clients, Compression.allCases)
  func batchesOfRealClientsAreReadAndFoundValid(_ client: String, _ codec: Compression) throws {
    let bytes = try batchCorpus.bytes("\(client)-\(codec).batch")
    let read = try read(bytes)
    #expect(read.map(\.0) == [0, 1, 2])
    #expect(read.map(\.1) == TestRecord.ofClients)
    let summary = try bytes.withUnsafeBytes { bytes throws in try RecordBatchValidator().validate(bytes) }
    let header = summary.header
    #expect(header.attributes.compression == codec)
    #expect(header.recordCount == 3)
    #expect(header.maxTimestamp == 1_700_000_000_005)
    #expect(header.producerID == (client == "librdkafka" ? 7001 : 4000 + Int64(codec.rawValue)))
    #expect(
      summary
        == RecordBatchSummary(
          header: header, maxTimestamp: 1_700_000_000_005, offsetDeltaOfMaxTimestamp: 1, recordsWithoutKey: 1,
          decompressedSize: 427))
  }

  @Test func ourUncompressedBatchIsTheirsByteForByte() throws {
    var mine = try build(TestRecord.ofClients, .none, producer: RecordProducer(id: 4000, epoch: 0, baseSequence: 0))
    #expect(try mine == batchCorpus.bytes("aiokafka-none.batch"))
    mine.withUnsafeMutableBytes { RecordBatchHeader.setPartitionLeaderEpoch(0, in: $0) }
    #expect(try mine == batchCorpus.bytes("kafka-python-none.batch"))
    mine.withUnsafeMutableBytes {
      RecordBatchHeader.setProducer(RecordProducer(id: 7001, epoch: 3, baseSequence: 0), in: $0)
    }
    #expect(try mine == batchCorpus.bytes("librdkafka-none.batch"))
  }

  /// What snappy makes of a block differs between its versions; the framing does not.
  @Test func ourSnappyBlocksAreFramedAsTheirs() throws {
    let producer = RecordProducer(id: 4002, epoch: 2, baseSequence: 20)
    let mine = try build(TestRecord.ofClients, .snappy, producer: producer)
    let theirs = try batchCorpus.bytes("aiokafka-snappy.batch")
    #expect(mine[61..<77] == theirs[61..<77])
    #expect(mine[77..<81] == withUnsafeBytes(of: UInt32(mine.count - 81).bigEndian) { Array($0)[...] })
  }
}
