/// All there is to say about one group.
public struct GroupDescription: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var member: GroupMemberIdentity
    public var clientID: String
    public var clientHost: String
    /// Both empty unless the group is stable.
    public var metadata: [UInt8]
    public var assignment: [UInt8]
  }

  public var groupID: String
  public var state: GroupState
  public var generation: Int32
  /// Empty for a group that only commits offsets.
  public var protocolType: String
  /// Empty unless the group is stable.
  public var protocolName: String
  public var leaderID: String?
  public var members: [Member]
  /// Why it last rebalanced, newest last.
  public var rebalances: [RebalanceCause]
}
