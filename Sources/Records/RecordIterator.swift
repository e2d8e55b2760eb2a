/// The records of one batch, one after another.
public struct RecordIterator {
  public let header: RecordBatchHeader
  @usableFromInline let bytes: UnsafeRawBufferPointer
  @usableFromInline var position = 0
  @usableFromInline var index: Int32 = 0

  /// - Parameter bytes: the records, decompressed. `header` was checked for its record count and offsets.
  @inlinable
  init(_ header: RecordBatchHeader, records bytes: UnsafeRawBufferPointer) {
    self.header = header
    self.bytes = bytes
  }

  /// The next record; nil behind the last one. After an error there is nothing more to be had from this batch. Offsets
  /// within the batch may have gaps, where a topic was compacted.
  @inlinable
  public mutating func next() throws(RecordBatchError) -> RecordView? {
    guard index < header.recordCount else {
      guard position == bytes.count else { throw RecordBatchError(.excessRecordBytes, in: header) }
      return nil
    }
    do throws(RecordFault) {
      let fields = try RecordFields(bytes, at: &position)
      guard fields.offsetDelta >= 0, fields.offsetDelta <= header.lastOffsetDelta else {
        throw .offsetOutOfRange(fields.offsetDelta)
      }
      var timestamp = header.maxTimestamp
      if !header.attributes.hasLogAppendTime {
        let (sum, overflow) = header.baseTimestamp.addingReportingOverflow(fields.timestampDelta)
        guard !overflow else { throw .timestampOutOfRange }
        timestamp = sum
      }
      index &+= 1
      return RecordView(
        offset: header.baseOffset &+ Int64(fields.offsetDelta), timestamp: timestamp, key: fields.key,
        value: fields.value, headers: fields.headers)
    } catch {
      throw RecordBatchError(.record(index: Int(index), fault: error), in: header)
    }
  }
}
