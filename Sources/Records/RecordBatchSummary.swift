/// What a full validation learns about a batch.
public struct RecordBatchSummary: Sendable, Hashable {
  public var header: RecordBatchHeader
  /// The largest timestamp of a record, milliseconds since 1970-01-01 UTC. The header's may claim another.
  public var maxTimestamp: Int64
  /// Counted from the base offset: the first record with the largest timestamp.
  public var offsetDeltaOfMaxTimestamp: Int32
  /// Records without a key, which a compacted topic refuses.
  public var recordsWithoutKey: Int32
  /// Bytes of the records, decompressed.
  public var decompressedSize: Int

  public init(
    header: RecordBatchHeader, maxTimestamp: Int64, offsetDeltaOfMaxTimestamp: Int32, recordsWithoutKey: Int32,
    decompressedSize: Int
  ) {
    self.header = header
    self.maxTimestamp = maxTimestamp
    self.offsetDeltaOfMaxTimestamp = offsetDeltaOfMaxTimestamp
    self.recordsWithoutKey = recordsWithoutKey
    self.decompressedSize = decompressedSize
  }
}
