import Base
import Records

/// The batches of one append, judged and numbered one after the other before anything is written.
@usableFromInline
struct AppendPlan: Sendable {
  @usableFromInline let origin: AppendOrigin
  @usableFromInline let leaderEpoch: Int32
  /// Of the first batch.
  @usableFromInline var base: Int64
  @usableFromInline var nextOffset: Int64
  @usableFromInline var byteCount = 0
  @usableFromInline var batchCount = 0
  /// The producer of the batches before, if any: id, epoch and last sequence.
  @usableFromInline var producer: (id: Int64, epoch: Int16, lastSequence: Int32)?

  @inlinable
  init(base: Int64, origin: AppendOrigin, leaderEpoch: Int32) {
    self.base = base
    self.origin = origin
    self.leaderEpoch = leaderEpoch
    nextOffset = base
  }

  /// The header of the batch at the front of `bytes`, with its offset and epoch set in place.
  @inlinable
  mutating func admit(_ bytes: UnsafeMutableRawBufferPointer) throws(LogError) -> RecordBatchHeader {
    guard var header = RecordBatchHeader(reading: UnsafeRawBufferPointer(bytes)) else {
      throw .invalidBatch(position: byteCount, reason: "\(bytes.count) bytes are too few for a header")
    }
    let minimum = origin == .replication ? nextOffset : Int64.min
    if let reason = Self.flaw(header, room: bytes.count, minimumOffset: minimum) {
      throw .invalidBatch(position: byteCount, reason: reason)
    }
    if origin == .replication {
      if batchCount == 0 { base = header.baseOffset }
    } else {
      header.baseOffset = nextOffset
      header.partitionLeaderEpoch = leaderEpoch
      bytes.storeBytes(of: nextOffset.bigEndian, toByteOffset: 0, as: Int64.self)
      bytes.storeBytes(of: leaderEpoch.bigEndian, toByteOffset: 12, as: Int32.self)
    }
    let (next, overflow) = header.baseOffset.addingReportingOverflow(Int64(header.lastOffsetDelta) &+ 1)
    guard !overflow else { throw .invalidBatch(position: byteCount, reason: "offsets end at 2^63") }
    nextOffset = next
    byteCount &+= header.size
    batchCount &+= 1
    return header
  }

  @inlinable
  static func flaw(_ header: RecordBatchHeader, room: Int, minimumOffset: Int64) -> String? {
    if header.magic != 2 { return "magic \(header.magic) where 2 is expected" }
    if header.batchLength < Int32(RecordBatchHeader.size &- RecordBatchHeader.lengthPrefixSize)
      || Int(header.batchLength) > room &- RecordBatchHeader.lengthPrefixSize
    {
      return "a batch length of \(header.batchLength) where \(room) bytes are left"
    }
    if header.lastOffsetDelta < 0 { return "a last offset delta of \(header.lastOffsetDelta)" }
    if header.baseOffset < minimumOffset {
      return "base offset \(header.baseOffset) where at least \(minimumOffset) is expected"
    }
    if header.producerID >= 0, header.producerEpoch < 0 || header.baseSequence < 0, !header.attributes.isControl {
      return "producer \(header.producerID) with epoch \(header.producerEpoch), sequence \(header.baseSequence)"
    }
    return nil
  }

  /// Whether an idempotent batch follows on one before it in this append; false when there is none before it.
  @inlinable
  mutating func follows(_ header: RecordBatchHeader) throws(LogError) -> Bool {
    let previous = producer
    producer = (header.producerID, header.producerEpoch, ProducerState.lastSequence(of: header))
    guard let previous else { return false }
    guard previous.id == header.producerID, previous.epoch == header.producerEpoch else {
      throw .invalidBatch(position: byteCount &- header.size, reason: "batches of two producers in one append")
    }
    let expected = previous.lastSequence == Int32.max ? 0 : previous.lastSequence &+ 1
    guard header.baseSequence == expected else {
      throw .outOfOrderSequence(
        producerID: header.producerID, epoch: header.producerEpoch, expected: expected, found: header.baseSequence)
    }
    return true
  }

  /// Puts the broker's time into a batch (`message.timestamp.type=LogAppendTime`): attribute bit 3 and the largest
  /// timestamp, which is then the timestamp of every record, and the CRC, which covers both.
  @usableFromInline
  func stamp(_ bytes: UnsafeMutableRawBufferPointer, _ header: RecordBatchHeader, at time: Int64) {
    let attributes = header.attributes.rawValue | 8
    bytes.storeBytes(of: attributes.bigEndian, toByteOffset: 21, as: UInt16.self)
    bytes.storeBytes(of: time.bigEndian, toByteOffset: 35, as: Int64.self)
    let checksummed = UnsafeRawBufferPointer(bytes)[RecordBatchHeader.checksummedOffset..<header.size]
    let crc = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: checksummed))
    bytes.storeBytes(of: crc.bigEndian, toByteOffset: 17, as: UInt32.self)
  }
}
