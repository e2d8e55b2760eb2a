import Base
import KafkaProtocol
import LogStore

extension Partition {
  /// What an append did, and whether its acknowledgement has to wait.
  struct Appended {
    var result: AppendResult
    var isDurable: Bool
  }

  /// Appends validated batches.
  ///
  /// - Parameter waiter: whom to wake once the records are durable, where that takes a sync; nil when nobody
  ///   waits for it.
  func append(
    _ batches: UnsafeMutableRawBufferPointer, origin: AppendOrigin = .client, waiter: DurableWaiter<Files>.Party?,
    now: Moment,
    effects: inout [BrokerEffect<Files>]
  ) throws(PartitionError) -> Appended {
    // What coordinators write is little, and what the reserve is for.
    guard origin != .client || directory.admits(batches.count) else { throw .refused(directory.refusal) }
    return try state.withLock { (state) throws(PartitionError) in
      guard !state.isDeleted else { throw .deleted }
      let before = state.highWatermark
      let segment = state.log.activeSegment.baseOffset
      let result: AppendResult
      do throws(LogError) {
        result = try state.log.append(batches, leaderEpoch: leaderEpoch, origin: origin, now: now.wall)
      } catch {
        note(error)
        if state.log.failure != nil { wakeAll(&state, &effects) }
        throw .log(error)
      }
      wake(&state, from: before, &effects)
      let isDurable = state.highWatermark > result.lastOffset
      let mustFlush =
        !result.isDuplicate && state.flush.note(result.lastOffset &- result.baseOffset &+ 1, now: now)
      if !isDurable {
        requestSync(&state, &effects)
        if let waiter { state.durableWaiters.append(DurableWaiter(offset: result.lastOffset, party: waiter)) }
      } else if mustFlush || state.log.activeSegment.baseOffset != segment {
        // A segment that is full is synced behind the producers' back, so that recovery need not read it again.
        requestSync(&state, &effects)
      }
      return Appended(result: result, isDurable: isDurable)
    }
  }

  /// Whether the record at `offset`, which was appended, may be acknowledged.
  func durability(of offset: Int64) -> Durability {
    state.withLock { state in
      if state.highWatermark > offset { return .durable }
      if state.isDeleted { return .failed(.unknownTopicOrPartition, "\(id) was deleted") }
      if let failure = state.log.failure {
        return .failed(.kafkaStorageError, "\(id) is offline: \(failure)")
      }
      return .pending
    }
  }
}
