/// Where a classic group stands, by Kafka's names for it.
public enum GroupState: String, Sendable, Hashable, CaseIterable {
  /// No members; there may be offsets.
  case empty = "Empty"
  /// Waiting for all members to join again.
  case preparingRebalance = "PreparingRebalance"
  /// All have joined; waiting for the leader's assignment.
  case completingRebalance = "CompletingRebalance"
  /// The assignment stands.
  case stable = "Stable"
  /// Being deleted: the tombstones are written but not yet committed.
  case dead = "Dead"
}
