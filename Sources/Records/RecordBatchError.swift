/// Why a record batch is refused, and which one it is.
public struct RecordBatchError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// The batch says it has `size` bytes; `available` are there.
    case truncated(size: Int, available: Int)
    /// The length field; a batch has at least 49 bytes after it.
    case invalidLength(Int32)
    /// Bytes after the end of the one batch expected.
    case excessBytes(Int)
    /// Only magic 2 is spoken (Kafka 0.11 and later).
    case unsupportedMagic(Int8)
    case checksumMismatch(stated: UInt32, computed: UInt32)
    /// A codec number that nobody has defined.
    case unknownCompression(UInt16)
    case invalidRecordCount(Int32)
    /// The last offset delta of a produced batch is its record count less one.
    case invalidLastOffsetDelta(Int32, recordCount: Int32)
    case invalidProducer(id: Int64, epoch: Int16, sequence: Int32)
    /// A transactional batch without a producer id.
    case transactionalWithoutProducer
    /// A control batch, which only brokers write.
    case controlBatch
    /// A delete horizon (KIP-534), which only brokers set.
    case deleteHorizon
    /// The timestamp type LogAppendTime, which only brokers set.
    case logAppendTime
    /// The records could not be compressed or decompressed.
    case compression(CompressionError)
    /// The record with this index, from 0, is malformed.
    case record(index: Int, fault: RecordFault)
    /// Bytes after the last record.
    case excessRecordBytes
    /// More bytes than `limit`.
    case tooLarge(limit: Int)
  }

  /// What a broker answers; the names are those of Kafka's error codes.
  public enum Category: Sendable, Hashable {
    case corruptMessage
    case invalidRecord
    case unsupportedCompressionType
    case messageTooLarge
    case invalidTimestamp
  }

  public var reason: Reason
  /// The offset the batch claims to start at.
  public var baseOffset: Int64
  /// Where a reader that gives the batch up goes on: behind its last offset when its counts agree on one, else behind
  /// its first. A reader that stands there already takes the offset after its own, so that it does not get the same
  /// batch for ever.
  public var nextOffset: Int64

  public init(_ reason: Reason, baseOffset: Int64, nextOffset: Int64) {
    self.reason = reason
    self.baseOffset = baseOffset
    self.nextOffset = nextOffset
  }

  @inlinable
  init(_ reason: Reason, in header: RecordBatchHeader) {
    self.reason = reason
    baseOffset = header.baseOffset
    let agrees = header.recordCount > 0 && header.lastOffsetDelta == header.recordCount &- 1
    let count = agrees ? Int64(header.recordCount) : 1
    let (next, overflow) = max(header.baseOffset, 0).addingReportingOverflow(count)
    nextOffset = overflow ? .max : next
  }

  public var category: Category {
    switch reason {
    case .invalidLength, .checksumMismatch: .corruptMessage
    case .unknownCompression: .unsupportedCompressionType
    case .logAppendTime: .invalidTimestamp
    case .tooLarge: .messageTooLarge
    case .compression(let error):
      switch error.reason {
      case .tooLarge: .messageTooLarge
      case .truncated, .corrupt, .failed: .corruptMessage
      }
    case .truncated, .excessBytes, .unsupportedMagic, .invalidRecordCount, .invalidLastOffsetDelta, .invalidProducer,
      .transactionalWithoutProducer, .controlBatch,
      .deleteHorizon, .record, .excessRecordBytes:
      .invalidRecord
    }
  }

  public var description: String { "record batch at offset \(baseOffset): \(problem)" }

  private var problem: String {
    switch reason {
    case .truncated(let size, let available): "it says it has \(size) bytes, only \(available) are there"
    case .invalidLength(let length): "its length field is \(length), at least 49 is expected"
    case .excessBytes(let count): "\(count) bytes follow it where one batch was expected"
    case .unsupportedMagic(let magic): "its magic is \(magic); only 2 (clients since Kafka 0.11) is supported"
    case .checksumMismatch(let stated, let computed):
      "its CRC-32C is 0x\(String(stated, radix: 16)), its bytes have 0x\(String(computed, radix: 16))"
    case .unknownCompression(let number): "its codec number \(number) is unknown"
    case .invalidRecordCount(let count): "it claims to have \(count) records"
    case .invalidLastOffsetDelta(let delta, let count): "its last offset delta is \(delta) with \(count) records"
    case .invalidProducer(let id, let epoch, let sequence):
      "its producer id \(id), epoch \(epoch) and sequence \(sequence) do not go together"
    case .transactionalWithoutProducer: "it is transactional but has no producer id"
    case .controlBatch: "it is a control batch, which only brokers may write"
    case .deleteHorizon: "it has a delete horizon, which only brokers may set"
    case .logAppendTime: "its timestamp type is LogAppendTime, which only brokers may set"
    case .compression(let error): error.description
    case .record(let index, let fault): "record \(index): \(fault)"
    case .excessRecordBytes: "bytes follow its last record"
    case .tooLarge(let limit): "it is larger than \(limit) bytes"
    }
  }
}
