import Records
import Testing

@Suite struct ValidatorTests {
  /// Why the batch is refused; nil when it is not.
  private func reason(
    _ bytes: [UInt8], _ validator: RecordBatchValidator = RecordBatchValidator()
  ) -> RecordBatchError.Reason? {
    do {
      _ = try bytes.withUnsafeBytes { bytes throws(RecordBatchError) in try validator.validate(bytes) }
      return nil
    } catch {
      return (error as? RecordBatchError)?.reason
    }
  }

  private func headerReason(_ bytes: [UInt8]) -> RecordBatchError.Reason? {
    do {
      _ = try bytes.withUnsafeBytes { bytes throws in try RecordBatchValidator.validateHeader(bytes) }
      return nil
    } catch {
      return (error as? RecordBatchError)?.reason
    }
  }

  private let one = HostileBatch(records: HostileBatch.record(offsetDelta: 0), count: 1)

  @Test func aWellFormedBatchPasses() throws {
    #expect(reason(try one.bytes()) == nil)
  }

  @Test func everyPrefixIsTruncated() throws {
    let bytes = try one.bytes()
    for count in 0..<bytes.count {
      #expect(
        headerReason(Array(bytes[..<count]))
          == .truncated(size: max(61, count < 61 ? 61 : bytes.count), available: count)
      )
    }
    #expect(headerReason(bytes + [0]) == .excessBytes(1))
  }

  @Test func everyFlippedBitBehindTheChecksumIsNoticed() throws {
    let bytes = try one.bytes()
    for index in 17..<bytes.count {
      var changed = bytes
      changed[index] ^= 0x10
      guard case .checksumMismatch = headerReason(changed) else {
        Issue.record("byte \(index) may change unnoticed")
        continue
      }
    }
  }

  @Test func aLengthBelowTheHeadersIsRefused() throws {
    for length in [Int32.min, -1, 0, 48] {
      var bytes = try one.bytes()
      bytes.replaceSubrange(8..<12, with: withUnsafeBytes(of: length.bigEndian) { Array($0) })
      #expect(headerReason(bytes) == .invalidLength(length))
    }
  }

  @Test func otherMagicsAreRefused() throws {
    for magic: UInt8 in [0, 1, 3, 255] {
      var bytes = try one.bytes()
      bytes[16] = magic
      #expect(headerReason(bytes) == .unsupportedMagic(Int8(bitPattern: magic)))
    }
  }

  @Test(arguments: [Int32.min, -1, 0])
  func aCountBelowOneIsRefused(_ count: Int32) throws {
    var batch = one
    batch.count = count
    batch.lastOffsetDelta = 0
    #expect(headerReason(try batch.bytes()) == .invalidRecordCount(count))
  }

  @Test(arguments: [Int32.min, -1, 1, .max])
  func aLastOffsetDeltaThatIsNotTheCountsIsRefused(_ delta: Int32) throws {
    var batch = one
    batch.lastOffsetDelta = delta
    #expect(headerReason(try batch.bytes()) == .invalidLastOffsetDelta(delta, recordCount: 1))
  }

  @Test func attributesOfBrokersAndUnknownCodecsAreRefused() throws {
    let cases: [(UInt16, RecordBatchError.Reason)] = [
      (5, .unknownCompression(5)), (6, .unknownCompression(6)), (7, .unknownCompression(7)), (8, .logAppendTime),
      (16, .transactionalWithoutProducer), (32, .controlBatch), (64, .deleteHorizon),
    ]
    for (attributes, expected) in cases {
      var batch = one
      batch.attributes = attributes
      #expect(headerReason(try batch.bytes()) == expected)
    }
  }

  @Test func halfAProducerIsRefused() throws {
    for (id, epoch, sequence): (Int64, Int16, Int32) in [(-2, 0, 0), (5, -1, 0), (5, 0, -1)] {
      var batch = one
      batch.producer = RecordProducer(id: id, epoch: epoch, baseSequence: sequence)
      #expect(headerReason(try batch.bytes()) == .invalidProducer(id: id, epoch: epoch, sequence: sequence))
    }
    // Sarama sends sequence 0 without being idempotent.
    var batch = one
    batch.producer = RecordProducer(id: -1, epoch: -1, baseSequence: 0)
    #expect(headerReason(try batch.bytes()) == nil)
  }

  static let malformed: [([UInt8], RecordFault)] = [
    ([1], .negativeSize(-1)),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .negativeSize(.min)),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .overlongVarint),
    ([200], .truncated),
    (HostileBatch.record([]), .truncated),
    (HostileBatch.record([0, 0, 0]), .truncated),
    (HostileBatch.record([0, 0, 0, 3]), .invalidLength(-2)),
    (HostileBatch.record([0, 0, 0, 20]), .invalidLength(10)),
    (HostileBatch.record([0, 0, 0, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F]), .invalidLength(.max)),
    (HostileBatch.record([0, 0, 0, 1, 1, 1]), .invalidHeaderCount(-1)),
    (HostileBatch.record([0, 0, 0, 1, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F]), .invalidHeaderCount(.max)),
    (HostileBatch.record([0, 0, 0, 1, 1, 2, 1, 1]), .nullHeaderKey),
    (HostileBatch.record([0, 0, 0, 1, 1, 0, 9]), .excessBytes(1)),
    (HostileBatch.record(offsetDelta: 2), .unexpectedOffsetDelta(2, expected: 1)),
    (HostileBatch.record(offsetDelta: 0), .unexpectedOffsetDelta(0, expected: 1)),
    (HostileBatch.record(offsetDelta: 1, timestampDelta: .max), .timestampOutOfRange),
  ]

  @Test(arguments: malformed)
  func aMalformedRecordIsRefusedWithItsIndex(_ record: [UInt8], _ fault: RecordFault) throws {
    let first = HostileBatch.record(offsetDelta: 0)
    var batch = HostileBatch(records: first + record, count: 2)
    for codec in Compression.allCases {
      batch.codec = codec
      let bytes = try batch.bytes()
      #expect(headerReason(bytes) == nil)
      #expect(reason(bytes) == .record(index: 1, fault: fault))
    }
  }

  @Test func recordsThatAreNotAsManyAsClaimedAreRefused() throws {
    for codec in Compression.allCases {
      var batch = one
      batch.codec = codec
      batch.count = 2
      #expect(reason(try batch.bytes()) == .record(index: 1, fault: .truncated))
      batch.count = .max
      #expect(reason(try batch.bytes()) == .record(index: 1, fault: .truncated))
      batch.count = 1
      batch.records += HostileBatch.record(offsetDelta: 1)
      #expect(reason(try batch.bytes()) == .excessRecordBytes)
    }
  }

  @Test func aBombIsRefusedAtTheLimit() throws {
    let value = [UInt8](repeating: 0, count: 3 << 20)
    for codec in [Compression.gzip, .snappy, .lz4, .zstd] {
      var batch = HostileBatch(records: HostileBatch.record(offsetDelta: 0, value: value), count: 1)
      batch.codec = codec
      let bytes = try batch.bytes()
      #expect(reason(bytes) == nil)
      let limit = 1 << 20
      let small = RecordBatchValidator(limit: limit)
      #expect(reason(bytes, small) == .compression(CompressionError(codec, .tooLarge(limit: limit))))
      // The same validator is as good as new afterwards.
      #expect(reason(try one.bytes(), small) == nil)
    }
  }

  @Test func recordsLargerThanTheWindowAreCheckedToo() throws {
    let validator = RecordBatchValidator(limit: 1 << 20, windowSize: 64)
    let value = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let records = HostileBatch.record(offsetDelta: 0, value: value) + HostileBatch.record(offsetDelta: 1)
    for codec in Compression.allCases {
      var batch = HostileBatch(records: records, count: 2)
      batch.codec = codec
      #expect(reason(try batch.bytes(), validator) == nil)
      batch.records = HostileBatch.record(offsetDelta: 1, value: value)
      #expect(
        reason(try batch.bytes(), validator) == .record(index: 0, fault: .unexpectedOffsetDelta(1, expected: 0)))
      batch.records = Array(records[..<600])
      #expect(reason(try batch.bytes(), validator) == .record(index: 0, fault: .truncated))
    }
  }

  @Test func categoriesAreThoseOfKafkasErrors() throws {
    func category(_ reason: RecordBatchError.Reason) -> RecordBatchError.Category {
      RecordBatchError(reason, baseOffset: 0, nextOffset: 0).category
    }
    #expect(category(.checksumMismatch(stated: 0, computed: 1)) == .corruptMessage)
    #expect(category(.record(index: 0, fault: .truncated)) == .invalidRecord)
    #expect(category(.unknownCompression(7)) == .unsupportedCompressionType)
    #expect(category(.compression(CompressionError(.lz4, .tooLarge(limit: 1)))) == .messageTooLarge)
    #expect(category(.compression(CompressionError(.lz4, .truncated))) == .corruptMessage)
    #expect(category(.logAppendTime) == .invalidTimestamp)
  }
}
