import Base
import Records
import Testing

@Suite struct RoundTripTests {
  private static func bytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    // Repetitive, so that there is something to compress.
    let alphabet = Array("the quick brown fox ".utf8)
    let offset = Int.random(in: 0..<alphabet.count, using: &random)
    return (0..<count).map { index in
      index % 7 == 0 ? UInt8.random(in: 0...255, using: &random) : alphabet[(index + offset) % alphabet.count]
    }
  }

  private static func size(_ random: inout SeededRandom) -> Int {
    switch Int.random(in: 0..<40, using: &random) {
    case 0: Int.random(in: 100_000...400_000, using: &random)
    case 1...4: Int.random(in: 1000...20_000, using: &random)
    default: Int.random(in: 0...200, using: &random)
    }
  }

  private static func record(_ random: inout SeededRandom) -> TestRecord {
    var record = TestRecord(timestamp: 1_700_000_000_000 + Int64.random(in: -5000...5000, using: &random))
    if Int.random(in: 0..<3, using: &random) > 0 { record.key = bytes(Int.random(in: 0...40, using: &random), &random) }
    if Int.random(in: 0..<8, using: &random) > 0 { record.value = bytes(size(&random), &random) }
    for index in 0..<Int.random(in: 0...3, using: &random) {
      let value = Bool.random(using: &random) ? bytes(Int.random(in: 0...30, using: &random), &random) : nil
      record.headers.append(TestRecord.Header(key: "header \(index)", value: value))
    }
    return record
  }

  /// Many batches through the same compressor, decoder and validator, as in use.
  @Test(arguments: Compression.allCases)
  func whatIsWrittenIsRead(_ codec: Compression) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("record batches, \(codec): seed \(seed)")
    var random = SeededRandom(seed: seed)
    let compressor = Compressor()
    let decoder = RecordBatchDecoder()
    let validator = RecordBatchValidator()
    var builder = RecordBatchBuilder()
    for _ in 0..<25 {
      let records = (0..<Int.random(in: 1...40, using: &random)).map { _ in Self.record(&random) }
      builder.removeAll()
      for record in records {
        let expected = builder.sizeAfterAppending(
          keySize: record.key?.count, valueSize: record.value?.count, headers: record.recordHeaders,
          timestamp: record.timestamp)
        try builder.append(
          key: record.key, value: record.value, headers: record.recordHeaders, timestamp: record.timestamp)
        #expect(builder.size == expected)
      }
      let producer = RecordProducer(id: 7, epoch: 1, baseSequence: 99)
      var batch = try builder.build(codec, with: compressor, producer: producer)
      if codec == .none { #expect(batch.count == builder.size) }
      let baseOffset = Int64.random(in: 0...Int64.max / 2, using: &random)
      batch.withUnsafeMutableBytes { RecordBatchHeader.setBaseOffset(baseOffset, in: $0) }
      let read = try read(batch, with: decoder)
      #expect(read.map(\.1) == records)
      #expect(read.map(\.0) == (0..<records.count).map { baseOffset + Int64($0) })
      let summary = try batch.withUnsafeBytes { bytes throws in try validator.validate(bytes) }
      let header = summary.header
      #expect(header.producerID == 7 && header.producerEpoch == 1 && header.baseSequence == 99)
      #expect(header.maxTimestamp == records.map(\.timestamp).max())
      #expect(header.maxTimestamp == summary.maxTimestamp)
      #expect(records.firstIndex { $0.timestamp == header.maxTimestamp } == Int(summary.offsetDeltaOfMaxTimestamp))
      #expect(summary.decompressedSize == builder.size - RecordBatchHeader.size)
      #expect(Int(summary.recordsWithoutKey) == records.count { $0.key == nil })
    }
  }

  @Test func whatDoesNotShrinkIsSentAsItIs() throws {
    for codec in Compression.allCases {
      let batch = try build([TestRecord(key: [1], value: [2], timestamp: 3)], codec)
      let header = try #require(batch.withUnsafeBytes { RecordBatchHeader(reading: $0) })
      #expect(header.attributes.compression == Compression.none)
      #expect(try read(batch).map(\.1) == [TestRecord(key: [1], value: [2], timestamp: 3)])
    }
  }

  @Test func timestampsTooFarApartAreRefused() throws {
    var builder = RecordBatchBuilder()
    try builder.append(key: nil as [UInt8]?, value: [1], timestamp: -2)
    #expect(builder.sizeAfterAppending(keySize: nil, valueSize: 1, timestamp: .max) == .max)
    #expect(throws: RecordBatchError.self) { try builder.append(key: nil as [UInt8]?, value: [1], timestamp: .max) }
    #expect(builder.count == 1)
  }
}
