import Base

/// How the coordinator deals partitions out (`group.consumer.assignors` of Kafka).
enum ServerAssignor: String, Sendable, CaseIterable {
  /// Even in number, and as little as possible moves.
  case uniform
  /// Topic by topic a run of partitions each, so that partitions of the same number of several topics meet.
  case range

  /// Who is to share which topics, in the order of preference for what is left over.
  struct Member: Sendable {
    var id: String
    /// In order; only topics that there are.
    var topics: [SubscribedTopic]
    /// What it was to have so far.
    var previous: PartitionSet
  }

  /// What each is to have: each partition of a topic belongs to exactly one of those who subscribe to it.
  func assign(_ members: [Member]) -> [String: PartitionSet] {
    guard let first = members.first else { return [:] }
    switch self {
    case .range: return RangeAssignment.of(members)
    case .uniform where members.allSatisfy({ $0.topics == first.topics }): return UniformAssignment.even(members)
    case .uniform: return UniformAssignment.mixed(members)
    }
  }

  /// What most of the members want, and `uniform` where nobody wants any.
  static func preferred(by members: some Sequence<ConsumerMember>) -> ServerAssignor {
    var votes: [ServerAssignor: Int] = [:]
    for member in members {
      if let choice = member.metadata.assignor.flatMap({ ServerAssignor(rawValue: $0) }) {
        votes[choice, default: 0] += 1
      }
    }
    return votes[.range, default: 0] > votes[.uniform, default: 0] ? .range : .uniform
  }
}
