import Base
import LogStore
import Records

/// A partition's log in the plainest form: every batch that was appended, and where the log begins.
struct LogModel {
  struct Batch: Equatable {
    var bytes: [UInt8]
    var baseOffset: Int64
    var lastOffset: Int64
    var maxTimestamp: Int64
    var producerID: Int64
    var epoch: Int16
    var baseSequence: Int32
    var lastSequence: Int32
    var appendedAt: Int64

    init(_ bytes: [UInt8], _ header: RecordBatchHeader, at time: Int64) {
      self.bytes = bytes
      baseOffset = header.baseOffset
      lastOffset = header.lastOffset
      maxTimestamp = header.maxTimestamp
      producerID = header.producerID
      epoch = header.producerEpoch
      baseSequence = header.baseSequence
      lastSequence = (header.baseSequence &+ header.lastOffsetDelta) & Int32.max
      appendedAt = time
    }
  }

  /// Those before the start too: a crash may bring back what was not yet noted as removed.
  var batches: [Batch] = []
  var start: Int64 = 0
  var end: Int64 = 0
  /// Nothing before it may be lost by a power loss.
  var durableEnd: Int64 = 0
  /// Written by an append that failed; a whole one may be there after a restart.
  var inDoubt: [Batch] = []

  mutating func append(_ bytes: [UInt8], at time: Int64) {
    for (header, bytes) in split(bytes) {
      batches.append(Batch(bytes, header, at: time))
      end = header.nextOffset
    }
  }

  /// What a reader finds from `offset` on.
  func readable(from offset: Int64, upTo limit: Int64 = .max) -> [Batch] {
    batches.filter { $0.lastOffset >= max(offset, start) && $0.baseOffset < limit }
  }

  mutating func truncate(to offset: Int64) {
    if offset >= end { return }
    if offset <= start {
      batches = []
      (start, end) = (offset, offset)
    } else if offset < end {
      batches.removeAll { $0.lastOffset >= offset }
      end = batches.last.map { $0.lastOffset + 1 } ?? start
      if end < start {
        batches = []
        end = start
      }
    }
    durableEnd = min(durableEnd, end)
  }

  /// The last five batches of a producer in its newest epoch.
  func lastBatches(of producerID: Int64) -> [Batch] {
    let all = batches.filter { $0.producerID == producerID }
    guard let epoch = all.last?.epoch else { return [] }
    return Array(all.filter { $0.epoch == epoch }.suffix(5))
  }

  func firstBatch(atLeast timestamp: Int64) -> Batch? {
    readable(from: start).first { $0.maxTimestamp >= timestamp }
  }
}
