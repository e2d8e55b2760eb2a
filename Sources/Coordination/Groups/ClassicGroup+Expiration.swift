import Base
import KafkaProtocol

extension ClassicGroup {
  /// The offsets that nobody wants any more (KIP-211): those of an empty group when it has been empty for the
  /// retention time; those of a topic to which no member is subscribed, or of a group without members, when they were
  /// last committed that long ago. One that has a commit under way stays.
  func expiredOffsets(_ context: GroupContext) -> [TopicPartition] {
    guard state != .dead else { return [] }
    let subscribed: Set<String>
    let base: Int64?
    if let consumer {
      (subscribed, base) = (consumer.subscribedTopics, nil)
    } else if protocolType == nil {
      (subscribed, base) = ([], nil)
    } else if state == .empty {
      (subscribed, base) = ([], stateTimestamp)
    } else if state == .stable, let topics = subscribedTopics() {
      (subscribed, base) = (topics, nil)
    } else {
      return []
    }
    let now = context.now.wall
    let retention = context.configuration.offsetsRetentionMs
    return partitionsWithOffsets(includingPending: false).filter { partition in
      guard !subscribed.contains(partition.topic), pendingOffsets[partition] == nil,
        let offset = offsets[partition.topic]?[partition.partition]?.offset
      else { return false }
      if let expiry = offset.expireTimestamp { return now >= expiry }
      let (age, overflow) = now.subtractingReportingOverflow(base ?? offset.commitTimestamp)
      return !overflow && age >= retention
    }
  }

  /// Writes tombstones for what has expired, and for the group itself when nothing of it is left.
  mutating func expire(_ context: inout GroupContext) {
    // Until it is known what became of the last tombstones, there is no need of others.
    guard pendingRemovalCount == 0 else { return }
    let expired = expiredOffsets(context)
    let isEverything =
      state == .empty && consumer?.isEmpty != false && expired.count == offsetCount && pendingAppendCount == 0
    if isEverything, isWritten || !expired.isEmpty || !owed.isEmpty, pendingMembers.isEmpty {
      delete(&context)
    } else {
      removeOffsets(expired, &context)
    }
  }

  /// Writes tombstones for some offsets. Returns the token of the append; nil where there is nothing to write.
  @discardableResult
  mutating func removeOffsets(_ partitions: [TopicPartition], _ context: inout GroupContext) -> UInt64? {
    guard !partitions.isEmpty else { return nil }
    pendingRemovalCount += 1
    return append(partitions.map { .offset(id, $0, nil) }, then: .offsetRemoval(partitions), &context)
  }

  /// Handles an OffsetDelete request. While a group has members, it is only consumers of whom it is known what they
  /// read, and of that nothing is deleted. To delete what is not there is no error.
  mutating func deleteOffsets(
    _ partitions: [TopicPartition], _ request: GroupRequestID, _ context: inout GroupContext
  ) {
    var subscribed: Set<String>? = []
    switch state {
    case .dead:
      return context.reply(.offsetDelete(OffsetDeleteReply(error: .groupIDNotFound)), to: request)
    case .preparingRebalance, .completingRebalance, .stable:
      guard protocolType == "consumer" else {
        return context.reply(.offsetDelete(OffsetDeleteReply(error: .nonEmptyGroup)), to: request)
      }
      subscribed = subscribedTopics()
    case .empty:
      if let consumer, !consumer.isEmpty { subscribed = consumer.subscribedTopics }
    }
    let errors = partitions.map { partition -> ErrorCode in
      subscribed?.contains(partition.topic) ?? true ? .groupSubscribedToTopic : .none
    }
    let present = Set(partitionsWithOffsets())
    let removed = Set(zip(partitions, errors).filter { $1 == .none && present.contains($0) }.map(\.0))
    let answer = GroupReply.offsetDelete(OffsetDeleteReply(partitions: errors))
    guard let token = removeOffsets(removed.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }, &context)
    else { return context.reply(answer, to: request) }
    context.hold(answer, to: request, until: token)
  }

  /// Writes tombstones for all there is, offsets about to be committed included; until they are committed the group
  /// is dead, and serves nobody. Returns the token of the append.
  @discardableResult
  mutating func delete(_ context: inout GroupContext) -> UInt64 {
    var records: [GroupRecord] = partitionsWithOffsets().map { .offset(id, $0, nil) }
    if let consumer {
      records += consumer.tombstones().map { .consumer(id, $0) }
    } else {
      records.append(.group(id, nil))
    }
    die()
    return append(records, then: .deletion, &context)
  }

  /// The topics that the members of a stable group of consumers read; nil when it cannot be told.
  private func subscribedTopics() -> Set<String>? {
    guard protocolType == "consumer" else { return nil }
    var topics: Set<String> = []
    for member in members.list {
      do throws(ProtocolError) {
        // Version 0 stands at the start of all later ones.
        let subscription = try ConsumerProtocolSubscription(
          decodingWithVersion: member.metadata(for: protocolName), newestVersion: 0)
        topics.formUnion(subscription.topics)
      } catch {
        // A group may send what it likes; then nothing of it expires.
        return nil
      }
    }
    return topics
  }

  var offsetCount: Int { offsets.values.reduce(0) { $0 + $1.count } }
}
