/// Who appends, which decides what is checked and what is assigned.
public enum AppendOrigin: Sendable, Hashable {
  /// A producer: offsets are assigned, sequences checked.
  case client
  /// A coordinator of this broker: offsets are assigned, sequences trusted.
  case coordinator
  /// The leader, by way of a follower's fetch: offsets and leader epochs stay as they are and may leave gaps.
  case replication
}
