import Base

/// What a record of `__consumer_offsets` says. nil is a tombstone.
public enum GroupRecord: Sendable, Hashable {
  case group(String, GroupSnapshot?)
  case offset(String, TopicPartition, CommittedOffset?)
}
