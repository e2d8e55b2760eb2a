import Base

/// What a record of `__consumer_offsets` says. nil is a tombstone.
public enum GroupRecord: Sendable, Hashable {
  case group(String, GroupSnapshot?)
  case offset(String, TopicPartition, CommittedOffset?)
}

extension GroupRecord {
  /// Bytes it takes in a batch, and some more.
  public var estimatedByteCount: Int {
    let overhead = 64
    switch self {
    case .group(let groupID, let snapshot):
      let members = snapshot?.members ?? []
      return members.reduce(groupID.utf8.count + 2 * overhead) { sum, member in
        sum + overhead + member.member.memberID.utf8.count * 2 + (member.member.instanceID?.utf8.count ?? 0)
          + member.clientID.utf8.count + member.clientHost.utf8.count + member.subscription.count
          + member.assignment.count
      }
    case .offset(let groupID, let partition, let offset):
      return overhead + groupID.utf8.count + partition.topic.utf8.count + (offset?.metadata.utf8.count ?? 0)
    }
  }
}
