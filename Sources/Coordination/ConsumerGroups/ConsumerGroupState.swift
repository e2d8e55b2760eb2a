/// Where a group of the next-generation protocol stands, by Kafka's names for it.
public enum ConsumerGroupState: String, Sendable, Hashable, CaseIterable {
  case empty = "Empty"
  /// The target assignment is older than the group's epoch.
  case assigning = "Assigning"
  /// Some member does not have yet what it is to have.
  case reconciling = "Reconciling"
  case stable = "Stable"
  /// Being deleted.
  case dead = "Dead"
}
