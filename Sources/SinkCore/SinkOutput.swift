import Base
import Records

/// Where a sink's records go. Records are taken in, flushed, and then committed to the group, in this order.
public protocol SinkOutput: Sendable {
  /// The partition is this sink's from now on.
  ///
  /// - Parameters:
  ///   - topicID: tells the topic from earlier ones of the same name; zero where the broker has no ids.
  ///   - committed: the offset the group has committed; nil for none.
  /// - Returns: where to start instead, nil to start there.
  mutating func assign(_ partition: TopicPartition, topicID: UUID, committed: Int64?) -> Int64?

  /// The partitions are not this sink's any more. What was taken of them and not flushed must have been discarded.
  mutating func release(_ partitions: [TopicPartition])

  /// The offset of the next record wanted of a partition; nil when it is not this sink's.
  mutating func position(of partition: TopicPartition) -> Int64?

  /// Takes a record. Those of one partition come in their order.
  mutating func append(_ record: RecordView, of partition: TopicPartition) -> AppendOutcome

  /// Nothing of the partition is to come below `offset`: what is missing was control batches, compacted, or unreadable.
  mutating func skip(_ partition: TopicPartition, from first: Int64, to offset: Int64)

  /// Reading goes on at `offset`, before or behind where it was: the log was cut or the topic made anew. Nothing is
  /// pending.
  mutating func relocate(_ partition: TopicPartition, to offset: Int64)

  /// Whether anything was taken that was not flushed.
  var hasPending: Bool { get }

  /// Writes what was taken, for good. May be repeated after an error; nothing is lost or written twice by that.
  mutating func flush() throws(FileError)

  /// Gives up what was taken and not flushed.
  ///
  /// - Returns: where to go on reading, of each partition concerned.
  mutating func discard() -> [TopicPartition: Int64]

  /// What to commit to the group: written for good and not committed yet.
  var offsetsToCommit: [TopicPartition: Int64] { get }

  /// The group's coordinator has stored these.
  mutating func acknowledge(_ offsets: [TopicPartition: Int64])

  /// Stores what should be known at the next start. What is pending is not written; it is read again then.
  mutating func close() throws(FileError)

  /// What happened since this was last asked for.
  mutating func takeNotices() -> [SinkNotice]
}
