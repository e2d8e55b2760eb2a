import Base
import KafkaProtocol
import LogStore

extension Partition {
  /// Batches from `offset` to the high watermark.
  ///
  /// - Parameter leaderEpoch: the one the client believes in, -1 for none (KIP-320).
  func read(from offset: Int64, maxBytes: Int, leaderEpoch epoch: Int32) -> PartitionRead<Files> {
    state.withLock { state in
      if let error = check(epoch: epoch, state) { return PartitionRead(error: error) }
      var read = PartitionRead<Files>(
        highWatermark: state.highWatermark, logStartOffset: state.log.logStartOffset)
      guard offset >= read.logStartOffset, offset <= state.log.logEndOffset else {
        read.error = .offsetOutOfRange
        return read
      }
      guard offset < read.highWatermark, maxBytes > 0 else { return read }
      do throws(LogError) {
        read.result = try state.log.read(from: offset, maxBytes: maxBytes, upTo: read.highWatermark)
      } catch {
        read.error = error.code
      }
      return read
    }
  }

  /// nil when a request with this leader epoch may go on.
  private func check(epoch: Int32, _ state: borrowing State) -> ErrorCode? {
    if state.isDeleted { return .unknownTopicOrPartition }
    if state.log.failure != nil { return .kafkaStorageError }
    if epoch >= 0, epoch < leaderEpoch { return .fencedLeaderEpoch }
    if epoch > leaderEpoch { return .unknownLeaderEpoch }
    return nil
  }

  /// Wakes `request` at the next move of the high watermark from `seen`; false when it has moved already.
  func register(_ request: RequestID, seen: Int64) -> Bool {
    state.withLock { state in
      guard state.highWatermark == seen, !state.isDeleted, state.log.failure == nil else { return false }
      if !state.fetchWaiters.contains(request) { state.fetchWaiters.append(request) }
      return true
    }
  }

  func unregister(_ request: RequestID) {
    state.withLock { state in
      if let index = state.fetchWaiters.firstIndex(of: request) { state.fetchWaiters.remove(at: index) }
    }
  }

  /// What ListOffsets asks for and the disk is not needed for.
  func listing(leaderEpoch epoch: Int32) -> (error: ErrorCode, logStart: Int64, highWatermark: Int64) {
    state.withLock { state in
      (check(epoch: epoch, state) ?? .none, state.log.logStartOffset, state.highWatermark)
    }
  }

  /// The largest leader epoch that is not above `asked`, and the offset after its last record; both -1 where there is
  /// none.
  func endOffset(
    ofEpoch asked: Int32, leaderEpoch epoch: Int32
  ) -> (error: ErrorCode, epoch: Int32, endOffset: Int64) {
    state.withLock { state in
      if let error = check(epoch: epoch, state) { return (error, -1, -1) }
      // Kafka notes an epoch when its leader begins, this log with its first record. One without any ends where the log
      // does; to call it unknown would have consumers that stand there begin anew by their reset policy.
      if asked > state.log.leaderEpochs.latest, asked <= leaderEpoch { return (.none, asked, state.log.logEndOffset) }
      let found = state.log.leaderEpochs.endOffset(of: asked, logEndOffset: state.log.logEndOffset)
      return (.none, found?.epoch ?? -1, found?.endOffset ?? -1)
    }
  }

  /// The search for a timestamp, or for the largest when it is nil.
  func search(_ timestamp: Int64?) -> TimestampSearch<Files> {
    state.withLock { state in
      timestamp.map { state.log.timestampSearch(atLeast: $0) } ?? state.log.largestTimestampSearch()
    }
  }
}
