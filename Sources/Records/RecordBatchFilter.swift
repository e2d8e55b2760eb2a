/// Makes of a batch what compaction leaves of it: some records go, everything else stays as it was (offsets, times,
/// producer, codec). Keeps memory and codec contexts: one per thread, used from one thread at a time.
public final class RecordBatchFilter {
  /// What is left of a batch.
  public enum Outcome: Sendable, Hashable {
    /// All of it, bytes included.
    case unchanged
    /// A batch with fewer records, or with a delete horizon.
    case replaced([UInt8])
    /// No record; the bytes are the batch without any, to be kept where its producer's sequence must be remembered.
    case emptied([UInt8])
  }

  private let decoder: RecordBatchDecoder
  private let compressor = Compressor()
  private var kept: [UInt8] = []

  /// - Parameter limit: the most bytes that the records of a batch may have when decompressed.
  public init(limit: Int = Decompressor.defaultLimit) {
    decoder = RecordBatchDecoder(limit: limit)
  }

  /// Calls `keeps` with each record in order.
  ///
  /// - Parameter deleteHorizon: when tombstones among the kept records may go (milliseconds since 1970-01-01 UTC); noted
  ///   in a batch that has one and no horizon yet (KIP-534).
  public func filter(
    _ batch: RecordBatchSlice, deleteHorizon: Int64, keeps: (RecordView) -> Bool
  ) throws(RecordBatchError) -> Outcome {
    var survey = Survey()
    var records = try decoder.records(of: batch)
    while let record = try records.next() {
      guard keeps(record) else {
        survey.droppedCount += 1
        continue
      }
      survey.keptCount += 1
      survey.maxTimestamp = max(survey.maxTimestamp, record.timestamp)
      if record.value == nil { survey.hasTombstone = true }
    }
    // One that an earlier pass emptied included: whether its producer is still to be remembered may have changed.
    if survey.keptCount == 0 { return .emptied(emptied(batch.header)) }
    let setsHorizon = survey.hasTombstone && !batch.header.attributes.hasDeleteHorizon
    if survey.droppedCount == 0, !setsHorizon { return .unchanged }
    return .replaced(try rebuilt(batch, survey, deleteHorizon: setsHorizon ? deleteHorizon : nil, keeps: keeps))
  }

  private struct Survey {
    var keptCount: Int32 = 0
    var droppedCount: Int32 = 0
    var maxTimestamp: Int64 = .min
    var hasTombstone = false
  }

  private func emptied(_ header: RecordBatchHeader) -> [UInt8] {
    var header = header
    header.attributes.rawValue &= ~RecordBatchAttributes.compressionMask
    header.recordCount = 0
    return header.batch(with: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// Takes a second pass: only the first one tells whether the batch gets a delete horizon, from which its times count.
  private func rebuilt(
    _ batch: RecordBatchSlice, _ survey: Survey, deleteHorizon: Int64?, keeps: (RecordView) -> Bool
  ) throws(RecordBatchError) -> [UInt8] {
    var header = batch.header
    header.recordCount = survey.keptCount
    if !header.attributes.hasLogAppendTime { header.maxTimestamp = survey.maxTimestamp }
    if let deleteHorizon {
      header.attributes.rawValue |= RecordBatchAttributes.deleteHorizonBit
      header.baseTimestamp = deleteHorizon
    }
    kept.removeAll(keepingCapacity: true)
    var records = try decoder.records(of: batch)
    while let record = try records.next() {
      if keeps(record) { try append(record, header) }
    }
    return try compressed(kept, header)
  }

  private func compressed(_ records: [UInt8], _ header: RecordBatchHeader) throws(RecordBatchError) -> [UInt8] {
    try records.span.withUnsafeBytes { (bytes) throws(RecordBatchError) -> [UInt8] in
      do throws(CompressionError) {
        return header.batch(with: try compressor.compress(bytes, with: header.attributes.compression ?? .none))
      } catch {
        throw RecordBatchError(.compression(error), in: header)
      }
    }
  }

  private func append(_ record: RecordView, _ header: RecordBatchHeader) throws(RecordBatchError) {
    let (timestampDelta, overflow) = record.timestamp.subtractingReportingOverflow(header.baseTimestamp)
    guard !overflow else {
      throw RecordBatchError(.record(index: 0, fault: .timestampOutOfRange), in: header)
    }
    let offsetDelta = record.offset &- header.baseOffset
    let size =
      1 + Varint.size(timestampDelta) + Varint.size(offsetDelta) + Self.size(record.key) + Self.size(record.value)
      + Varint.size(Int64(record.headers.count)) + record.headers.bytes.count
    kept.reserveCapacity(kept.count + size + 5)
    append(Int64(size))
    kept.append(0)
    append(timestampDelta)
    append(offsetDelta)
    append(record.key)
    append(record.value)
    append(Int64(record.headers.count))
    kept += record.headers.bytes
  }

  private static func size(_ field: UnsafeRawBufferPointer?) -> Int {
    guard let field else { return Varint.size(-1) }
    return Varint.size(Int64(field.count)) + field.count
  }

  private func append(_ field: UnsafeRawBufferPointer?) {
    append(field.map { Int64($0.count) } ?? -1)
    if let field { kept += field }
  }

  private func append(_ number: Int64) {
    withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { bytes in
      var size = 0
      Varint.write(number, to: bytes, at: &size)
      kept += UnsafeRawBufferPointer(rebasing: bytes[..<size])
    }
  }
}
