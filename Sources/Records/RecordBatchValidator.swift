/// Judges what producers send before it is stored. Keeps memory and codec contexts: one per thread, used from one thread
/// at a time.
///
/// `validateHeader` trusts the producer for the records (`record.validation: header`); `validate` decodes them as well
/// (`full`), a piece at a time, so that a batch that decompresses to gigabytes costs no memory.
public final class RecordBatchValidator {
  private let decompressor: Decompressor
  private var window: RecordWindow

  /// - Parameter limit: the most bytes that the records of a batch may have when decompressed.
  public convenience init(limit: Int = Decompressor.defaultLimit) {
    self.init(limit: limit, windowSize: RecordWindow.defaultSize)
  }

  /// - Parameter windowSize: the decompressed bytes to hold at a time, at least 64. Tests make it small.
  package init(limit: Int, windowSize: Int) {
    decompressor = Decompressor(limit: limit)
    window = RecordWindow(size: windowSize)
  }

  /// Checks that `bytes` are exactly one batch that a client may produce: length, magic, CRC-32C, codec, counts,
  /// producer and attributes. Reads the bytes once.
  public static func validateHeader(_ bytes: UnsafeRawBufferPointer) throws(RecordBatchError) -> RecordBatchHeader {
    guard let header = RecordBatchHeader(reading: bytes) else {
      throw RecordBatchError(
        .truncated(size: RecordBatchHeader.size, available: bytes.count), baseOffset: 0, nextOffset: 0)
    }
    guard header.magic == 2 else { throw RecordBatchError(.unsupportedMagic(header.magic), in: header) }
    guard header.batchLength >= Int32(RecordBatchHeader.size - RecordBatchHeader.lengthPrefixSize) else {
      throw RecordBatchError(.invalidLength(header.batchLength), in: header)
    }
    guard header.size <= bytes.count else {
      throw RecordBatchError(.truncated(size: header.size, available: bytes.count), in: header)
    }
    guard header.size == bytes.count else {
      throw RecordBatchError(.excessBytes(bytes.count - header.size), in: header)
    }
    let checksum = RecordBatchHeader.computeChecksum(bytes)
    guard checksum == header.crc else {
      throw RecordBatchError(.checksumMismatch(stated: header.crc, computed: checksum), in: header)
    }
    try checkCounts(header)
    try checkAttributes(header)
    try checkProducer(header)
    return header
  }

  /// As `validateHeader`, and checks each record: its size and lengths, and that offsets count 0, 1, 2 …
  public func validate(
    _ bytes: UnsafeRawBufferPointer
  ) throws(RecordBatchError) -> RecordBatchSummary {
    let header = try Self.validateHeader(bytes)
    guard let codec = header.attributes.compression else {
      throw RecordBatchError(
        .unknownCompression(header.attributes.rawValue & RecordBatchAttributes.compressionMask), in: header)
    }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.size...])
    var check = RecordCheck(header)
    do throws(RecordWindowError) {
      try window.start(payload, with: codec, decompressor)
      while check.index < header.recordCount {
        try window.check(&check, decompressor)
      }
      guard try window.isAtEnd(decompressor) else { throw .excess }
    } catch {
      let reason: RecordBatchError.Reason =
        switch error {
        case .compression(let error): .compression(error)
        case .fault(let fault): .record(index: Int(check.index), fault: fault)
        case .excess: .excessRecordBytes
        }
      throw RecordBatchError(reason, in: header)
    }
    return check.summary(decompressedSize: window.consumed)
  }

  private static func checkCounts(_ header: RecordBatchHeader) throws(RecordBatchError) {
    guard header.recordCount > 0 else {
      throw RecordBatchError(.invalidRecordCount(header.recordCount), in: header)
    }
    guard header.lastOffsetDelta == header.recordCount - 1 else {
      throw RecordBatchError(
        .invalidLastOffsetDelta(header.lastOffsetDelta, recordCount: header.recordCount), in: header)
    }
  }

  private static func checkAttributes(_ header: RecordBatchHeader) throws(RecordBatchError) {
    let attributes = header.attributes
    guard attributes.compression != nil else {
      throw RecordBatchError(
        .unknownCompression(attributes.rawValue & RecordBatchAttributes.compressionMask), in: header)
    }
    guard !attributes.isControl else { throw RecordBatchError(.controlBatch, in: header) }
    guard !attributes.hasDeleteHorizon else { throw RecordBatchError(.deleteHorizon, in: header) }
    guard !attributes.hasLogAppendTime else { throw RecordBatchError(.logAppendTime, in: header) }
  }

  private static func checkProducer(_ header: RecordBatchHeader) throws(RecordBatchError) {
    if header.producerID == -1 {
      // Epoch and sequence mean nothing then, and clients put what they like there.
      guard !header.attributes.isTransactional else {
        throw RecordBatchError(.transactionalWithoutProducer, in: header)
      }
      return
    }
    guard header.producerID >= 0, header.producerEpoch >= 0, header.baseSequence >= 0 else {
      throw RecordBatchError(
        .invalidProducer(id: header.producerID, epoch: header.producerEpoch, sequence: header.baseSequence), in: header)
    }
  }
}
