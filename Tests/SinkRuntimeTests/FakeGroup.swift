import Base
import ClientCore
import ClientRuntime
import NIOCore
import Records
import SinkRuntime
import Synchronization

/// A cluster with one topic and one group: logs that grow, committed offsets, and members that are told of partitions
/// when the test says so.
final class FakeGroup: Sendable {
  struct State {
    var log: [TopicPartition: [[UInt8]]] = [:]
    var logStart: [TopicPartition: Int64] = [:]
    var committed: [TopicPartition: Int64] = [:]
    var commitFailures = 0
    var commits = 0
  }

  let state = Mutex(State())
  let topicID = UUID(high: 7, low: 7)

  /// Adds records, each with a header `host`.
  func append(_ partition: TopicPartition, _ lines: [(host: String, text: String)]) {
    var builder = RecordBatchBuilder()
    let compressor = Compressor()
    state.withLock { state in
      for line in lines {
        let offset = Int64(state.log[partition, default: []].count)
        state.log[partition, default: []].append(Self.batch(&builder, compressor, offset, line.host, line.text))
      }
    }
  }

  var committed: [TopicPartition: Int64] { state.withLock { $0.committed } }

  private static func batch(
    _ builder: inout RecordBatchBuilder, _ compressor: Compressor, _ offset: Int64, _ host: String, _ text: String
  ) -> [UInt8] {
    builder.removeAll()
    do {
      try builder.append(
        key: nil as [UInt8]?, value: Array(text.utf8), headers: RecordHeaders(["host": host]), timestamp: offset)
      var bytes = try builder.build(.none, with: compressor)
      bytes.withUnsafeMutableBytes { RecordBatchHeader.setBaseOffset(offset, in: $0) }
      return bytes
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Up to 20 batches from an offset on; nil when there is none, or why there is none.
  func read(_ partition: TopicPartition, _ offset: Int64) -> ConsumerEvent? {
    state.withLock { state in
      if let start = state.logStart[partition], offset < start {
        return .offsetsLost(LostOffsets(partition: partition, wanted: offset, continued: start))
      }
      let batches = state.log[partition, default: []].dropFirst(Int(offset)).prefix(20)
      guard !batches.isEmpty else { return nil }
      var buffer = ByteBuffer()
      for batch in batches { buffer.writeBytes(batch) }
      return .records(
        FetchedRecords(
          partition: partition, firstOffset: offset, nextOffset: offset + Int64(batches.count), highWatermark: 0,
          batches: buffer))
    }
  }
}
