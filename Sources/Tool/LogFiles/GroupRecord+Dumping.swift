import Base
import Coordination

extension GroupRecord {
  /// What it says, by the names of Kafka's own formatters.
  var dumpMembers: [(String, DumpValue)] {
    if case .offset(let group, let partition, let offset) = self {
      let place: [(String, DumpValue)] = [
        ("type", .text("offset_commit")), ("group", .text(group)), ("topic", .text(partition.topic)),
        ("partition", .number(Int64(partition.partition))),
      ]
      guard let offset else { return place + [("tombstone", .flag(true))] }
      return place + [
        ("committed", .number(offset.offset)), ("leaderEpoch", .number(Int64(offset.leaderEpoch))),
        ("metadata", .text(offset.metadata)), ("commitTimestamp", .time(offset.commitTimestamp)),
      ] + (offset.expireTimestamp.map { [("expireTimestamp", .time($0))] } ?? [])
    }
    if case .group(let group, let snapshot) = self {
      let place: [(String, DumpValue)] = [("type", .text("group_metadata")), ("group", .text(group))]
      guard let snapshot else { return place + [("tombstone", .flag(true))] }
      return place + [
        ("protocolType", .text(snapshot.protocolType)), ("generation", .number(Int64(snapshot.generation))),
        ("protocol", .text(snapshot.protocolName ?? "")), ("leader", .text(snapshot.leaderID ?? "")),
        ("currentStateTimestamp", .time(snapshot.stateTimestamp ?? -1)),
        ("members", .list(snapshot.members.map(Self.member))),
      ]
    }
    // Records of the next-generation protocol, as they are in memory.
    return [("type", .text("group")), ("content", .text("\(self)"))]
  }

  private static func member(_ member: GroupSnapshot.Member) -> DumpValue {
    .object([
      ("memberId", .text(member.member.memberID)), ("groupInstanceId", .text(member.member.instanceID ?? "")),
      ("clientId", .text(member.clientID)), ("clientHost", .text(member.clientHost)),
      ("rebalanceTimeout", .number(Int64(member.rebalanceTimeoutMs))),
      ("sessionTimeout", .number(Int64(member.sessionTimeoutMs))), ("subscription", .bytes(member.subscription)),
      ("assignment", .bytes(member.assignment)),
    ])
  }
}
