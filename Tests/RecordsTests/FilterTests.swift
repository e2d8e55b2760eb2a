import Records
import Testing

@Suite struct FilterTests {
  private static let records = [
    TestRecord(key: Array("a".utf8), value: Array("1".utf8), timestamp: 1000),
    TestRecord(
      key: Array("b".utf8), value: Array("2".utf8), headers: [.init(key: "host", value: Array("web".utf8))],
      timestamp: 2000),
    TestRecord(key: Array("c".utf8), value: nil, timestamp: 1500),
  ]

  private func batch(_ codec: Compression, baseOffset: Int64 = 100) throws -> [UInt8] {
    var builder = RecordBatchBuilder()
    for record in Self.records {
      try builder.append(
        key: record.key, value: record.value, headers: record.recordHeaders, timestamp: record.timestamp)
    }
    var bytes = try builder.build(
      codec, with: Compressor(), producer: RecordProducer(id: 7, epoch: 1, baseSequence: 40))
    bytes.withUnsafeMutableBytes { RecordBatchHeader.setBaseOffset(baseOffset, in: $0) }
    return bytes
  }

  private func filter(_ bytes: [UInt8], keeps: (RecordView) -> Bool) throws -> RecordBatchFilter.Outcome {
    try bytes.withUnsafeBytes { bytes in
      var reader = RecordBatchReader(bytes)
      let batch = try #require(try reader.next())
      return try RecordBatchFilter().filter(batch, deleteHorizon: 9000, keeps: keeps)
    }
  }

  private func header(_ bytes: [UInt8]) throws -> RecordBatchHeader {
    try #require(bytes.withUnsafeBytes { RecordBatchHeader(reading: $0) })
  }

  @Test(arguments: Compression.allCases) func keptRecordsStayAsTheyWere(codec: Compression) throws {
    let original = try batch(codec)
    guard case .replaced(let bytes) = try filter(original, keeps: { $0.offset != 101 }) else {
      Issue.record("it should have been replaced")
      return
    }
    let kept = try read(bytes)
    #expect(kept.map(\.0) == [100, 102])
    #expect(kept.map(\.1) == [Self.records[0], Self.records[2]])
    let (before, after) = (try header(original), try header(bytes))
    #expect(after.baseOffset == 100 && after.lastOffset == 102 && after.recordCount == 2)
    #expect(after.maxTimestamp == 1500)
    #expect(after.producerID == 7 && after.producerEpoch == 1 && after.baseSequence == 40)
    #expect(after.attributes.compression == before.attributes.compression)
    // The tombstone may go from this time on.
    #expect(after.attributes.hasDeleteHorizon && after.baseTimestamp == 9000)
  }

  @Test func aBatchThatLosesNothingIsNotTouched() throws {
    guard case .replaced(let first) = try filter(try batch(.lz4), keeps: { _ in true }) else {
      Issue.record("the delete horizon should have been noted")
      return
    }
    #expect(try filter(first, keeps: { _ in true }) == .unchanged)
    #expect(try read(first).map(\.1) == Self.records)
  }

  @Test func aBatchThatLosesAllKeepsItsSequence() throws {
    guard case .emptied(let bytes) = try filter(try batch(.zstd), keeps: { _ in false }) else {
      Issue.record("it should have been emptied")
      return
    }
    let header = try header(bytes)
    #expect(bytes.count == RecordBatchHeader.size && header.recordCount == 0 && header.lastOffset == 102)
    #expect(header.producerID == 7 && header.baseSequence == 40 && header.lastOffsetDelta == 2)
    #expect(try read(bytes).isEmpty)
    // The next pass decides anew whether its producer is to be remembered.
    #expect(try filter(bytes, keeps: { _ in true }) == .emptied(bytes))
  }

  @Test func undecodableBatchesAreReported() throws {
    var bytes = try batch(.none)
    bytes[70] ^= 0xFF
    #expect(throws: RecordBatchError.self) { try filter(bytes, keeps: { _ in true }) }
  }
}
