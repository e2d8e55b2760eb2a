import NIOCore
import Records

/// A batch between its making and its acknowledgement.
struct ProducerBatch {
  let number: UInt64
  let tokens: [UInt64]
  /// Counts the batches of its partition.
  var ordinal: UInt64
  /// The batch as it goes over the wire.
  var bytes: ByteBuffer
  /// Whom it says it is from.
  var producer: RecordProducer
  /// The request it is on the way in; nil: it waits to be sent.
  var request: UInt64?
  /// Whether an attempt ended without an answer that says that it was not appended.
  var isInDoubt = false
  /// Whether it was sent again after the broker had forgotten whether it had it.
  var mayBeDuplicated = false
  let expiresAt: Int64

  var charge: Int { bytes.readableBytes }
  var count: Int32 { Int32(truncatingIfNeeded: tokens.count) }

  /// Gives it another producer or sequence.
  mutating func stamp(_ producer: RecordProducer) {
    self.producer = producer
    bytes.withUnsafeMutableReadableBytes { RecordBatchHeader.setProducer(producer, in: $0) }
  }
}
