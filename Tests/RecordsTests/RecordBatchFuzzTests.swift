import Records
import TestKit
import Testing

/// Whatever the bytes, reading ends in records or in a typed error; what the validator lets through every reader can
/// read; and it judges compressed records, which stream past, as it judges the same records lying there in whole.
@Suite struct RecordBatchFuzzTests {
  private let decoder = RecordBatchDecoder(limit: 1 << 20)
  private let validator = RecordBatchValidator(limit: 1 << 20)
  private let narrowValidator = RecordBatchValidator(limit: 1 << 20, windowSize: 64)
  private let compressor = Compressor()

  /// Offsets of the records read; nil when an error ended it.
  private func walk(_ bytes: [UInt8]) -> [Int64]? {
    bytes.withUnsafeBytes { bytes in
      var reader = RecordBatchReader(bytes)
      var offsets: [Int64]? = []
      while true {
        do throws(RecordBatchError) {
          guard let batch = try reader.next() else { return offsets }
          var records = try decoder.records(of: batch)
          while let record = try records.next() {
            offsets?.append(record.offset)
            // Every byte of every field must be there.
            var sum = (record.key ?? record.value)?.reduce(0 as UInt8) { $0 &+ $1 } ?? 0
            for header in record.headers { sum &+= header.key.last ?? header.value?.last ?? 0 }
            withExtendedLifetime(sum) {}
          }
        } catch {
          offsets = nil
        }
      }
    }
  }

  private func validate(
    _ bytes: [UInt8], _ validator: RecordBatchValidator
  ) -> Result<RecordBatchSummary, RecordBatchError> {
    bytes.withUnsafeBytes { bytes in
      do throws(RecordBatchError) {
        return .success(try validator.validate(bytes))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Mutates the batch as it is, its checksum mended most of the time.
  private func tryBytes(_ seed: [UInt8], _ run: inout FuzzRun, _ counts: inout (read: Int, refused: Int)) {
    var bytes = run.mutate(seed)
    if bytes.count >= 61, Int.random(in: 0..<8, using: &run.random) > 0 {
      bytes.withUnsafeMutableBytes { bytes in
        guard var header = RecordBatchHeader(reading: UnsafeRawBufferPointer(bytes)) else { return }
        header.batchLength = Int32(bytes.count - 12)
        header.write(to: bytes)
        header.crc = RecordBatchHeader.computeChecksum(UnsafeRawBufferPointer(bytes))
        header.write(to: bytes)
      }
    }
    _ = walk(bytes)
    switch validate(bytes, validator) {
    case .success:
      counts.read += 1
      // A producer's base offset means nothing; the broker gives another.
      bytes.withUnsafeMutableBytes { RecordBatchHeader.setBaseOffset(7, in: $0) }
      let offsets = walk(bytes)
      #expect(offsets != nil && offsets?.isEmpty == false, "accepted, but not to be read: \(bytes)")
    case .failure: counts.refused += 1
    }
    _ = walk(bytes + seed)
  }

  /// Mutates the records themselves and compresses them anew.
  private func tryRecords(_ seed: [UInt8], _ run: inout FuzzRun, _ counts: inout (read: Int, refused: Int))
    throws
  {
    let records = run.mutate(Array(seed[61...]))
    var batch = HostileBatch(records: records, count: Int32.random(in: 1...4, using: &run.random))
    let plain = validate(try batch.bytes(compressor), validator)
    let offsets = walk(try batch.bytes(compressor))
    for codec in Compression.allCases {
      batch.codec = codec
      let bytes = try batch.bytes(compressor)
      for validator in [validator, narrowValidator] {
        let result = validate(bytes, validator)
        switch (plain, result) {
        case (.success(let left), .success(let right)):
          #expect(
            left.maxTimestamp == right.maxTimestamp && left.decompressedSize == right.decompressedSize,
            "\(codec): \(records)")
          #expect(offsets?.count == Int(batch.count))
          counts.read += 1
        case (.failure(let left), .failure(let right)):
          #expect(Self.index(left) == Self.index(right), "\(codec): \(left) / \(right): \(records)")
          counts.refused += 1
        default: Issue.record("\(codec): \(plain) but \(result): \(records)")
        }
      }
    }
  }

  /// Which record is at fault. A record of wrong size may be found out by another field when it streams past.
  private static func index(_ error: RecordBatchError) -> Int? {
    if case .record(let index, _) = error.reason { index } else { nil }
  }

  @Test func noBytesTrap() throws {
    var run = FuzzRun("record batch")
    let seeds = try batchCorpus.names().map { try batchCorpus.bytes($0) }
    let plain = try batchCorpus.names().filter { $0.hasSuffix("-none.batch") }.map { try batchCorpus.bytes($0) }
    try #require(seeds.count >= 15 && plain.count >= 3)
    var counts = (read: 0, refused: 0)
    while run.next() {
      tryBytes(seeds[Int.random(in: 0..<seeds.count, using: &run.random)], &run, &counts)
      try tryRecords(plain[Int.random(in: 0..<plain.count, using: &run.random)], &run, &counts)
    }
    print("record batch fuzz: \(counts.read) accepted, \(counts.refused) refused")
    #expect(counts.read > 0 && counts.refused > 0)
  }
}
