import Base

/// Who is told which partitions a group member has. The calls come one at a time.
public protocol RebalanceListener: Sendable {
  /// These partitions are now this member's. Nothing of them is fetched before this returns.
  ///
  /// - Returns: offsets to start from where the owner knows better than the group's committed ones.
  func assigned(_ partitions: [TopicPartition]) async -> [TopicPartition: Int64]

  /// These partitions go to somebody else once this returns: finish what was taken of them and commit it now. `next`
  /// does not give anything of them any more.
  func revoked(_ partitions: [TopicPartition]) async

  /// These partitions may have been somebody else's for a while already (the session ended): commits would fail.
  func lost(_ partitions: [TopicPartition]) async
}
