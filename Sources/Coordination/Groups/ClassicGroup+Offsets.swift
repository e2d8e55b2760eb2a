import Base
import KafkaProtocol

extension ClassicGroup {
  /// A committed offset and the append it came with.
  struct StoredOffset: Sendable {
    var offset: CommittedOffset
    /// 0 when it was read back from the log.
    var token: UInt64
  }

  /// Handles an OffsetCommit request: the offsets count once their records are committed.
  mutating func commitOffsets(
    _ parameters: OffsetCommitParameters, _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    let error = self.error(for: parameters)
    guard error == .none else {
      return context.reply(.offsetCommit(parameters.offsets.map { _ in error }), to: request)
    }
    // For a member a commit is as good as a heartbeat.
    if state == .stable || state == .preparingRebalance { restartSession(parameters.member.memberID, context) }
    let limit = context.configuration.offsetMetadataMaxBytes
    var errors: [ErrorCode] = []
    var accepted: [(partition: TopicPartition, offset: CommittedOffset)] = []
    for offset in parameters.offsets {
      guard offset.metadata.utf8.count <= limit else {
        errors.append(.offsetMetadataTooLarge)
        continue
      }
      guard hasRoom(for: offset, beside: accepted.count, context) else {
        errors.append(.policyViolation)
        continue
      }
      errors.append(.none)
      accepted.append((offset.partition, committed(offset, parameters.retentionMs, context)))
    }
    guard !accepted.isEmpty else { return context.reply(.offsetCommit(errors), to: request) }
    for (partition, _) in accepted { pendingOffsets[partition, default: 0] += 1 }
    let token = append(accepted.map { .offset(id, $0.partition, $0.offset) }, then: .offsets(accepted), &context)
    context.hold(.offsetCommit(errors), to: request, until: token)
  }

  private func error(for parameters: OffsetCommitParameters) -> ErrorCode {
    if state == .dead { return .coordinatorNotAvailable }
    // An operator, or a client that assigns partitions to itself: only while nobody else speaks for the group.
    if parameters.generation < 0, state == .empty, consumer?.isEmpty != false { return .none }
    if let consumer {
      return consumer.error(
        forOffsetsOf: parameters.member.memberID, epoch: parameters.generation,
        isAware: parameters.knowsGroupIDNotFound)
    }
    let member = parameters.member
    if parameters.generation >= 0 || !member.memberID.isEmpty || member.instanceID != nil {
      let error = self.error(for: member)
      guard error == .none else { return error }
      guard parameters.generation == generation else { return .illegalGeneration }
    } else {
      return .unknownMemberID
    }
    // It knows the generation, but its assignment may take the partition away.
    return state == .completingRebalance ? .rebalanceInProgress : .none
  }

  private func hasRoom(
    for offset: OffsetCommitParameters.Offset, beside accepted: Int, _ context: GroupContext
  ) -> Bool {
    // One request more may go beyond it.
    let limit = context.configuration.offsetMetadataByteLimit
    if !offset.metadata.isEmpty, context.offsetMetadataByteCount >= limit { return false }
    if offsets[offset.partition.topic]?[offset.partition.partition] != nil { return true }
    return context.offsetCount + pendingOffsets.count + accepted < context.configuration.offsetLimit
  }

  private func committed(
    _ offset: OffsetCommitParameters.Offset, _ retentionMs: Int64?, _ context: GroupContext
  ) -> CommittedOffset {
    let now = context.now.wall
    let expiry = retentionMs.map { retention in
      let (sum, overflow) = now.addingReportingOverflow(retention)
      return overflow ? Int64.max : sum
    }
    return CommittedOffset(
      offset: offset.offset, leaderEpoch: offset.leaderEpoch, metadata: offset.metadata, commitTimestamp: now,
      expireTimestamp: expiry)
  }

  mutating func finishCommit(
    of committed: [(partition: TopicPartition, offset: CommittedOffset)], token: UInt64, error: ErrorCode,
    _ context: inout GroupContext
  ) {
    for (partition, offset) in committed {
      if let count = pendingOffsets[partition] { pendingOffsets[partition] = count == 1 ? nil : count - 1 }
      if error == .none { setOffset(partition, to: offset, token: token, &context) }
    }
  }

  /// Sets an offset, unless one of a later append stands already.
  mutating func setOffset(
    _ partition: TopicPartition, to offset: CommittedOffset, token: UInt64, _ context: inout GroupContext
  ) {
    let stored = offsets[partition.topic]?[partition.partition]
    if let stored, stored.token > token { return }
    if stored == nil { context.offsetCount += 1 }
    context.offsetMetadataByteCount += offset.metadata.utf8.count - (stored?.offset.metadata.utf8.count ?? 0)
    offsets[partition.topic, default: [:]][partition.partition] = StoredOffset(offset: offset, token: token)
  }

  /// Removes an offset, unless it came with a later append than the one that says so.
  mutating func removeOffset(
    _ partition: TopicPartition, appendedBefore token: UInt64, _ context: inout GroupContext
  ) {
    guard let stored = offsets[partition.topic]?[partition.partition], stored.token < token else { return }
    context.offsetCount -= 1
    context.offsetMetadataByteCount -= stored.offset.metadata.utf8.count
    offsets[partition.topic]?[partition.partition] = nil
    if offsets[partition.topic]?.isEmpty == true { offsets[partition.topic] = nil }
  }

  mutating func forgetEverything(_ context: inout GroupContext) {
    for stored in offsets.values {
      context.offsetCount -= stored.count
      for one in stored.values { context.offsetMetadataByteCount -= one.offset.metadata.utf8.count }
    }
    offsets = [:]
    consumer = nil
    forget()
  }

  /// Every partition with an offset, committed or about to be, in order.
  func partitionsWithOffsets(includingPending: Bool = true) -> [TopicPartition] {
    var partitions = Set(includingPending ? Array(pendingOffsets.keys) : [])
    for (topic, stored) in offsets {
      for partition in stored.keys { partitions.insert(TopicPartition(topic, partition)) }
    }
    return partitions.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
  }
}
