import Base

/// What a record of `__consumer_offsets` says about the group that it names first. nil is a tombstone.
public enum GroupRecord: Sendable, Hashable {
  case group(String, GroupSnapshot?)
  case offset(String, TopicPartition, CommittedOffset?)
  /// Of a group of the next-generation protocol, which has tombstones of its own.
  case consumer(String, ConsumerGroupRecord)
}
