/// What a validation has seen of a batch's records so far.
struct RecordCheck {
  private let header: RecordBatchHeader
  /// Of the next record, from 0.
  private(set) var index: Int32 = 0
  private var maxTimestamp = Int64.min
  private var offsetDeltaOfMaxTimestamp: Int32 = 0
  private var recordsWithoutKey: Int32 = 0

  init(_ header: RecordBatchHeader) {
    self.header = header
  }

  /// Takes note of the next record, whose lengths are right.
  @inline(__always)
  mutating func accept(timestampDelta: Int64, offsetDelta: Int32, hasKey: Bool) throws(RecordFault) {
    guard offsetDelta == index else { throw .unexpectedOffsetDelta(offsetDelta, expected: index) }
    let (timestamp, overflow) = header.baseTimestamp.addingReportingOverflow(timestampDelta)
    guard !overflow else { throw .timestampOutOfRange }
    if timestamp > maxTimestamp {
      maxTimestamp = timestamp
      offsetDeltaOfMaxTimestamp = index
    }
    if !hasKey { recordsWithoutKey &+= 1 }
    index &+= 1
  }

  func summary(decompressedSize: Int) -> RecordBatchSummary {
    RecordBatchSummary(
      header: header, maxTimestamp: maxTimestamp, offsetDeltaOfMaxTimestamp: offsetDeltaOfMaxTimestamp,
      recordsWithoutKey: recordsWithoutKey, decompressedSize: decompressedSize)
  }
}
