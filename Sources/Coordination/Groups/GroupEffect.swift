/// What the shell has to do for a coordinator, in this order.
public enum GroupEffect: Sendable, Hashable {
  /// Append the records as one batch to this partition of `__consumer_offsets`, and tell the coordinator by
  /// `appended(_:error:now:)` with this token when they are committed or have failed, in the order of the appends.
  case append(partition: Int32, records: [GroupRecord], token: UInt64)
  /// The one answer to a request.
  case reply(GroupReply, to: GroupRequestID)
  /// For the log of the broker: the group starts over, and why.
  case rebalance(groupID: String, cause: RebalanceCause)
}
