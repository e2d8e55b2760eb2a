import Base
import Records
import Testing

@Suite struct ReaderTests {
  private func batch(_ baseOffset: Int64, _ values: [UInt8], _ codec: Compression = .none) throws -> [UInt8] {
    var batch = HostileBatch(
      records: values.enumerated().flatMap { HostileBatch.record(offsetDelta: Int64($0.offset), value: [$0.element]) },
      count: Int32(values.count))
    batch.baseOffset = baseOffset
    batch.codec = codec
    return try batch.bytes()
  }

  /// What a consumer sees that reports what it cannot read and goes on.
  private func walk(_ bytes: [UInt8]) -> (offsets: [Int64], errors: [RecordBatchError], truncated: Int?) {
    let decoder = RecordBatchDecoder()
    return bytes.withUnsafeBytes { bytes in
      var reader = RecordBatchReader(bytes)
      var offsets: [Int64] = []
      var errors: [RecordBatchError] = []
      while true {
        do throws(RecordBatchError) {
          guard let batch = try reader.next() else { break }
          var records = try decoder.records(of: batch)
          while let record = try records.next() { offsets.append(record.offset) }
        } catch {
          errors.append(error)
        }
      }
      return (offsets, errors, reader.truncatedBatchSize)
    }
  }

  @Test func batchesFollowOneAnotherAndTheLastMayBeCut() throws {
    let last = try batch(9, [1, 2])
    let whole = try batch(3, [1, 2], .lz4) + batch(5, [3, 4, 5, 6], .zstd)
    for count in 0..<last.count {
      let (offsets, errors, truncated) = walk(whole + last[..<count])
      #expect(offsets == [3, 4, 5, 6, 7, 8])
      #expect(errors.isEmpty)
      #expect(truncated == (count < 12 ? nil : last.count))
    }
    #expect(walk(whole + last).offsets == [3, 4, 5, 6, 7, 8, 9, 10])
    #expect(walk(whole + last).truncated == nil)
  }

  @Test func aBatchThatCannotBeReadIsNamedAndSteppedOver() throws {
    var wrongChecksum = try batch(10, [1, 2, 3])
    wrongChecksum[70] ^= 1
    var oldMagic = try batch(13, [1])
    oldMagic[16] = 1
    var garbage = HostileBatch(records: [], count: 2)
    garbage.baseOffset = 14
    garbage.codec = .lz4
    var lying = HostileBatch(
      records: HostileBatch.record(offsetDelta: 0) + HostileBatch.record(offsetDelta: 7), count: 2)
    lying.baseOffset = 16
    let bytes = try wrongChecksum + oldMagic + garbage.framed([1, 2, 3, 4, 5, 6, 7]) + lying.bytes() + batch(18, [1])
    let (offsets, errors, _) = walk(bytes)
    #expect(offsets == [16, 18])
    #expect(errors.map(\.baseOffset) == [10, 13, 14, 16])
    #expect(errors.map(\.nextOffset) == [13, 14, 16, 18])
    guard errors.count == 4, case .checksumMismatch = errors[0].reason,
      case .compression(let problem) = errors[2].reason
    else {
      Issue.record("\(errors)")
      return
    }
    #expect(errors[1].reason == .unsupportedMagic(1))
    #expect(problem.codec == .lz4)
    #expect(errors[3].reason == .record(index: 1, fault: .offsetOutOfRange(7)))
    #expect(errors[3].description == "record batch at offset 16: record 1: its offset delta 7 lies outside the batch")
  }

  @Test func aLengthThatLeadsNowhereEndsTheBuffer() throws {
    var bytes = try batch(10, [1])
    bytes.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let (offsets, errors, _) = walk(try batch(9, [1]) + bytes + batch(11, [1]))
    #expect(offsets == [9])
    #expect(errors.map(\.reason) == [.invalidLength(-1)])
    #expect(errors.map(\.nextOffset) == [11])
  }

  @Test func compactedBatchesHaveGaps() throws {
    var gaps = HostileBatch(
      records: HostileBatch.record(offsetDelta: 1) + HostileBatch.record(offsetDelta: 4), count: 2)
    gaps.lastOffsetDelta = 6
    gaps.baseOffset = 100
    var empty = HostileBatch(records: [], count: 0)
    empty.lastOffsetDelta = 3
    let (offsets, errors, _) = walk(try gaps.bytes() + empty.bytes())
    #expect(offsets == [101, 104])
    #expect(errors.isEmpty)
  }

  @Test func offsetsBeyondTheLastAreRefused() throws {
    var batch = HostileBatch(records: HostileBatch.record(offsetDelta: 0), count: 1)
    batch.baseOffset = .max
    #expect(walk(try batch.bytes()).offsets == [.max])
    batch.lastOffsetDelta = 1
    #expect(walk(try batch.bytes()).errors.map(\.reason) == [.invalidLastOffsetDelta(1, recordCount: 1)])
  }

  @Test func whatABrokerSetsInPlaceIsRead() throws {
    var bytes = try build(TestRecord.ofClients, .lz4)
    try bytes.withUnsafeMutableBytes { bytes in
      RecordBatchHeader.setBaseOffset(77, in: bytes)
      RecordBatchHeader.setPartitionLeaderEpoch(5, in: bytes)
      RecordBatchHeader.setMaxTimestamp(1_800_000_000_000, in: bytes)
      let header = try #require(RecordBatchHeader(reading: UnsafeRawBufferPointer(bytes)))
      #expect(header.baseOffset == 77 && header.partitionLeaderEpoch == 5 && header.nextOffset == 80)
      #expect(header.maxTimestamp == 1_800_000_000_000)
    }
    #expect(try read(bytes).map(\.1) == TestRecord.ofClients)
    bytes.withUnsafeMutableBytes { RecordBatchHeader.setLogAppendTime(1_900_000_000_000, in: $0) }
    #expect(try read(bytes).map(\.1.timestamp) == [Int64](repeating: 1_900_000_000_000, count: 3))
  }

  @Test func theLastHeaderOfAKeyCounts() throws {
    var headers = RecordHeaders(["host": "a", "path": "/x", "host": "b"])
    headers.append(key: "none", value: nil)
    var builder = RecordBatchBuilder()
    try builder.append(key: nil as [UInt8]?, value: [], headers: headers, timestamp: 0)
    let bytes = try builder.build(.none, with: Compressor())
    try bytes.withUnsafeBytes { bytes in
      var reader = RecordBatchReader(bytes)
      let batch = try #require(try reader.next())
      var records = try RecordBatchDecoder().records(of: batch)
      let record = try #require(try records.next())
      #expect(record.headers.last("host").map { Array($0) } == Array("b".utf8))
      #expect(record.headers.last("none") == nil)
      #expect(record.headers.last("hos") == nil)
      #expect(record.headers.count == 4)
    }
  }
}
