import Base
import Records

/// Writes to one stream, such as standard output. What a reader has got cannot be taken back: records written shortly
/// before a crash and not committed yet come again.
public struct StreamSink: SinkOutput {
  private let format: RecordFormat
  private let bufferSize: Int
  /// Writes all of the bytes from an index on, which it moves.
  private let write: @Sendable ([UInt8], inout Int) throws(FileError) -> Void
  private var buffer: [UInt8] = []
  /// Bytes of the buffer that are written already.
  private var written = 0
  private var ledger = PartitionLedger()

  /// - Parameters:
  ///   - bufferSize: bytes to collect at most, a last record excepted.
  ///   - write: writes `bytes` from `written` on and moves `written` along, also when it fails.
  public init(
    format: RecordFormat, bufferSize: Int,
    write: @escaping @Sendable (_ bytes: [UInt8], _ written: inout Int) throws(FileError) -> Void
  ) {
    self.format = format
    self.bufferSize = bufferSize
    self.write = write
  }

  public mutating func assign(_ partition: TopicPartition, topicID: UUID, committed: Int64?) -> Int64? {
    ledger.add(partition, topicID: topicID, start: committed, committed: committed)
    return nil
  }

  public mutating func release(_ partitions: [TopicPartition]) {
    ledger.remove(partitions)
  }

  public mutating func position(of partition: TopicPartition) -> Int64? { ledger.position(of: partition) }

  public mutating func append(_ record: RecordView, of partition: TopicPartition) -> AppendOutcome {
    guard ledger.expects(partition, record.offset) else { return .stale }
    guard buffer.count < bufferSize else { return .full }
    format.append(record, of: partition, to: &buffer)
    ledger.advance(partition, to: record.offset &+ 1, from: record.offset)
    return .taken
  }

  public mutating func skip(_ partition: TopicPartition, from first: Int64, to offset: Int64) {
    ledger.advance(partition, to: offset, from: first)
  }

  public mutating func relocate(_ partition: TopicPartition, to offset: Int64) {
    ledger.relocate(partition, to: offset)
  }

  public var hasPending: Bool { ledger.hasPending }

  public mutating func flush() throws(FileError) {
    try write(buffer, &written)
    buffer.removeAll(keepingCapacity: buffer.capacity <= 2 * bufferSize)
    written = 0
    ledger.settle()
  }

  public mutating func discard() -> [TopicPartition: Int64] {
    buffer.removeAll()
    written = 0
    return ledger.rewind()
  }

  public var offsetsToCommit: [TopicPartition: Int64] { ledger.offsetsToCommit }

  public mutating func acknowledge(_ offsets: [TopicPartition: Int64]) {
    ledger.acknowledge(offsets)
  }

  public mutating func close() throws(FileError) {}

  public mutating func takeNotices() -> [SinkNotice] { [] }
}
