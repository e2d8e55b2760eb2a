import Base
import KafkaProtocol
import LogStore

extension Broker {
  /// What `__consumer_offsets` is created with.
  private var offsetsTopicOverrides: [String: String] {
    [
      "cleanup.policy": "compact", "segment.bytes": "\(settings.offsetsSegmentBytes)",
      // A generation of a large group is one batch.
      "max.message.bytes": "10485760",
    ]
  }

  /// Creates `__consumer_offsets` unless it exists, and lets its coordinators begin. Blocks.
  func openGroups(now: Moment, effects: inout [BrokerEffect<Files>]) throws(TopicError) {
    try administration.withLock { (administration) throws(TopicError) in
      guard !groups.isOpen else { return }
      let topic: Topic<Files>
      if let existing = topics.topic(named: TopicName.groupOffsets) {
        topic = existing
      } else {
        topic = try createTopic(
          TopicName.groupOffsets, partitionCount: Int32(clamping: settings.offsetsPartitionCount),
          overrides: offsetsTopicOverrides, administration: &administration, now: now)
      }
      var shards: [GroupShard<Files>] = []
      for partition in topic.partitions {
        let random = SeededRandom(seed: administration.random.next())
        do throws(LogError) {
          shards.append(
            try GroupShard.load(
              partition, settings: settings, configuration: topic.configuration, topics: topics, now: now,
              random: random, effects: &effects))
        } catch {
          // Its groups have to wait, the others do not. Nobody may take it for a partition without groups.
          effects.append(
            .warning(key: "\(partition.id)", message: "the groups of \(partition.id) cannot be served: \(error)"))
          shards.append(
            GroupShard(unavailable: partition, settings: settings, topics: topics, now: now, random: random))
        }
      }
      groups.open(shards)
    }
  }

  /// Lets the coordinators go on where the last process stopped; nothing happens before `__consumer_offsets` exists.
  /// Blocks. What fails is tried again when a client looks for its coordinator.
  func resumeGroups(now: Moment, effects: inout [BrokerEffect<Files>]) {
    guard topics.topic(named: TopicName.groupOffsets) != nil else { return }
    do throws(TopicError) {
      try openGroups(now: now, effects: &effects)
    } catch {
      effects.append(.warning(key: "groups", message: "cannot open \(TopicName.groupOffsets): \(error.message)"))
    }
  }

  /// Has groups forget their offsets in a topic that was just deleted.
  func forgetOffsets(ofTopic name: String, effects: inout [BrokerEffect<Files>]) {
    for shard in groups.shards { shard.forgetOffsets(ofTopic: name, effects: &effects) }
  }
}
