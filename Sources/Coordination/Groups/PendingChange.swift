import Base

/// What becomes true of a group when an append is committed.
enum PendingChange: Sendable {
  /// The leader's assignment of a generation.
  case assignment(generation: Int32, [String: [UInt8]])
  /// A static member came back under a new id, and nothing else has to change.
  case staticMember(StaticMemberReturn)
  /// The group is on disk as it is in memory already.
  case none
  case offsets([(partition: TopicPartition, offset: CommittedOffset)])
  case offsetRemoval([TopicPartition])
  /// These records of a consumer group are on disk as they are in memory already.
  case consumer([ConsumerRecordKey])
  case deletion
}
