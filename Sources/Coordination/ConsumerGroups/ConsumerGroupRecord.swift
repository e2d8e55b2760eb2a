/// What a record of `__consumer_offsets` says about a consumer group of the next-generation protocol. nil is a
/// tombstone.
public enum ConsumerGroupRecord: Sendable, Hashable {
  /// The group's epoch; without it there is no such group.
  case epoch(Int32?)
  /// Sorted by name.
  case topics([SubscribedTopic]?)
  case member(String, ConsumerMemberMetadata?)
  case targetEpoch(Int32?)
  case target(String, PartitionSet?)
  case current(String, ConsumerMemberState?)
  case pattern(String, ResolvedPattern?)

  var isTombstone: Bool {
    switch self {
    case .epoch(nil), .topics(nil), .member(_, nil), .targetEpoch(nil), .target(_, nil), .current(_, nil),
      .pattern(_, nil):
      true
    default: false
    }
  }
}
