import Base
import NIOCore
import Records

/// A run of batches of one partition as they were fetched, not decoded yet.
public struct FetchedRecords: Sendable {
  public var partition: TopicPartition
  /// The first offset wanted: batches may begin before it, `forEach` skips those records.
  public var firstOffset: Int64
  /// Where reading goes on behind this run; what to commit when all of it is done with.
  public var nextOffset: Int64
  /// The partition's high watermark when this was fetched.
  public var highWatermark: Int64
  /// Whole record batches one after another; the last may be cut short.
  public var batches: ByteBuffer

  package init(
    partition: TopicPartition, firstOffset: Int64, nextOffset: Int64, highWatermark: Int64, batches: ByteBuffer
  ) {
    self.partition = partition
    self.firstOffset = firstOffset
    self.nextOffset = nextOffset
    self.highWatermark = highWatermark
    self.batches = batches
  }

  /// Calls `body` with each record in the order of the log, and `damaged` with what could not be read: such a batch is
  /// stepped over, from the failing record on. Records stay valid within `body` only.
  @inlinable
  public func forEach<Failure: Error>(
    with decoder: RecordBatchDecoder, damaged: (RecordBatchError) -> Void,
    _ body: (RecordView) throws(Failure) -> Void
  ) throws(Failure) {
    let outcome = batches.withUnsafeReadableBytes { bytes -> Result<Void, Failure> in
      do throws(Failure) {
        return .success(try Self.forEach(in: bytes, from: firstOffset, with: decoder, damaged: damaged, body))
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }

  @inlinable
  static func forEach<Failure: Error>(
    in bytes: UnsafeRawBufferPointer, from firstOffset: Int64, with decoder: RecordBatchDecoder,
    damaged: (RecordBatchError) -> Void, _ body: (RecordView) throws(Failure) -> Void
  ) throws(Failure) {
    var reader = RecordBatchReader(bytes)
    while true {
      var records: RecordIterator
      do throws(RecordBatchError) {
        guard let batch = try reader.next() else { return }
        // Control batches mark the ends of transactions and hold nothing for readers.
        if batch.header.attributes.isControl || batch.header.nextOffset <= firstOffset { continue }
        records = try decoder.records(of: batch)
      } catch {
        damaged(error)
        continue
      }
      while true {
        let record: RecordView
        do throws(RecordBatchError) {
          guard let next = try records.next() else { break }
          record = next
        } catch {
          damaged(error)
          break
        }
        if record.offset >= firstOffset { try body(record) }
      }
    }
  }
}
