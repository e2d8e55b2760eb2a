import Base

/// A member of a consumer group (KIP-848): what it said of itself, and what it has.
struct ConsumerMember: Sendable {
  /// Where a member stands on its way to its target assignment, by Kafka's numbers for it.
  enum State: Int8, Sendable {
    /// It has what it is to have, as of its epoch.
    case stable = 0
    /// It has been told to give partitions up and has not said that it has.
    case unrevokedPartitions = 1
    /// It lacks partitions that others have not given up yet.
    case unreleasedPartitions = 2
  }

  var metadata: ConsumerMemberMetadata
  var current = ConsumerMemberState()
  /// Monotonic time by which it must be heard of.
  var sessionDeadline: Int64 = .max
  /// Monotonic time by which it must have given up what it was told to (or, where it speaks the classic protocol, have
  /// joined or synchronized again).
  var rebalanceDeadline: Int64 = .max

  var isClassic: Bool { metadata.classic != nil }
  var state: State { State(rawValue: current.state) ?? .stable }

  /// All that it may be reading from.
  var held: PartitionSet {
    var held = current.assigned
    held.formUnion(current.pendingRevocation)
    return held
  }
}
