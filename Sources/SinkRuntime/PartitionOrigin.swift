import Base

/// What the cluster says of a partition that is about to be read.
package struct PartitionOrigin: Sendable {
  /// Zero where the broker has no ids.
  package var topicID: UUID
  /// What the group has committed.
  package var committed: Int64?
  /// Where to begin without a committed offset.
  package var start: Int64

  package init(topicID: UUID, committed: Int64?, start: Int64) {
    self.topicID = topicID
    self.committed = committed
    self.start = start
  }
}
