import Base
import KafkaProtocol
import LogStore

extension Partition {
  /// Has nothing before `offset` readable any more, and returns the first offset that is left with the files to remove,
  /// which may take long (KIP-107). -1 stands for the high watermark.
  func deleteRecords(before offset: Int64) throws(PartitionError) -> (logStart: Int64, removal: SegmentRemoval<Files>) {
    try state.withLock { (state) throws(PartitionError) in
      guard !state.isDeleted else { throw .deleted }
      let start = offset == -1 ? state.highWatermark : offset
      do throws(LogError) {
        guard (0...state.highWatermark).contains(start) else {
          throw .offsetOutOfRange(
            start, logStartOffset: state.log.logStartOffset, logEndOffset: state.highWatermark)
        }
        let removal = try state.log.raiseLogStartOffset(to: start)
        return (state.log.logStartOffset, removal)
      } catch {
        throw .log(error)
      }
    }
  }

  /// What is known of its idempotent producers.
  func producers() throws(PartitionError) -> [ProducerEntry] {
    try state.withLock { (state) throws(PartitionError) in
      guard !state.isDeleted else { throw .deleted }
      if let failure = state.log.failure { throw .log(.offline(state.log.directory, reason: failure)) }
      return state.log.producers.entries
    }
  }
}
