import Base
import KafkaProtocol
import NIOCore
import Records

/// The simplest partition log that does what Kafka says of idempotent producers: each batch once, sequences without
/// gaps, the last five batches of a producer remembered.
public struct PartitionLogModel {
  public struct Record: Sendable, Hashable {
    public var offset: Int64
    public var key: [UInt8]?
    public var value: [UInt8]?
    public var timestamp: Int64
  }

  private struct Producer: Sendable {
    var epoch: Int16
    var batches: [(first: Int32, last: Int32, offset: Int64)] = []
  }

  public private(set) var records: [Record] = []
  /// Holds what the records of a batch are decompressed into while they are read.
  private let decoder = RecordBatchDecoder()
  /// As they would be fetched.
  public private(set) var bytes = ByteBuffer()
  private var producers: [Int64: Producer] = [:]

  public init() {}

  public var endOffset: Int64 { Int64(records.count) }

  /// Appends one batch, or says why not; a duplicate gets the offset it had.
  public mutating func append(_ batch: ByteBuffer) -> (code: ErrorCode, offset: Int64) {
    var batch = batch
    let end = endOffset
    let outcome = batch.withUnsafeMutableReadableBytes { bytes -> (ErrorCode, Int64, [Record]) in
      var reader = RecordBatchReader(UnsafeRawBufferPointer(bytes))
      do throws(RecordBatchError) {
        guard let slice = try reader.next() else { return (.corruptMessage, -1, []) }
        let header = slice.header
        let verdict = judge(header)
        guard verdict.code == .none, verdict.offset < 0 else { return (verdict.code, verdict.offset, []) }
        RecordBatchHeader.setBaseOffset(end, in: bytes)
        var placed = RecordBatchReader(UnsafeRawBufferPointer(bytes))
        guard let slice = try placed.next() else { return (.corruptMessage, -1, []) }
        var iterator = try decoder.records(of: slice)
        var records: [Record] = []
        while let record = try iterator.next() {
          records.append(
            Record(
              offset: record.offset, key: record.key.map { Array($0) }, value: record.value.map { Array($0) },
              timestamp: record.timestamp))
        }
        remember(header, at: end)
        return (.none, end, records)
      } catch {
        return (.corruptMessage, -1, [])
      }
    }
    if !outcome.2.isEmpty {
      records += outcome.2
      bytes.writeImmutableBuffer(batch)
    }
    return (outcome.0, outcome.1)
  }

  /// `.none` with an offset: a duplicate.
  private func judge(_ header: RecordBatchHeader) -> (code: ErrorCode, offset: Int64) {
    guard header.producerID >= 0, let known = producers[header.producerID] else { return (.none, -1) }
    if header.producerEpoch < known.epoch { return (.invalidProducerEpoch, -1) }
    if header.producerEpoch > known.epoch {
      return header.baseSequence == 0 ? (.none, -1) : (.outOfOrderSequenceNumber, -1)
    }
    let last = Self.last(header)
    if let duplicate = known.batches.first(where: { $0.first == header.baseSequence && $0.last == last }) {
      return (.none, duplicate.offset)
    }
    guard let newest = known.batches.last else { return (.none, -1) }
    let expected = newest.last == .max ? 0 : newest.last + 1
    return header.baseSequence == expected ? (.none, -1) : (.outOfOrderSequenceNumber, -1)
  }

  private mutating func remember(_ header: RecordBatchHeader, at offset: Int64) {
    guard header.producerID >= 0 else { return }
    var producer = producers[header.producerID] ?? Producer(epoch: header.producerEpoch)
    if producer.epoch != header.producerEpoch { producer = Producer(epoch: header.producerEpoch) }
    producer.batches.append((header.baseSequence, Self.last(header), offset))
    if producer.batches.count > 5 { producer.batches.removeFirst() }
    producers[header.producerID] = producer
  }

  private static func last(_ header: RecordBatchHeader) -> Int32 {
    let room = Int32.max - header.baseSequence
    return header.lastOffsetDelta > room
      ? header.lastOffsetDelta - room - 1 : header.baseSequence + header.lastOffsetDelta
  }

  /// Loses what is known of producers, as a broker whose state was deleted.
  public mutating func forgetProducers() {
    producers = [:]
  }
}
