/// A group as of one generation, as it is kept in `__consumer_offsets`.
public struct GroupSnapshot: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var member: GroupMemberIdentity
    public var clientID: String
    public var clientHost: String
    /// Negative: as the session timeout (records of old brokers).
    public var rebalanceTimeoutMs: Int32
    public var sessionTimeoutMs: Int32
    /// What it sent with the chosen protocol.
    public var subscription: [UInt8]
    public var assignment: [UInt8]

    public init(
      member: GroupMemberIdentity, clientID: String, clientHost: String, rebalanceTimeoutMs: Int32,
      sessionTimeoutMs: Int32, subscription: [UInt8], assignment: [UInt8]
    ) {
      self.member = member
      self.clientID = clientID
      self.clientHost = clientHost
      self.rebalanceTimeoutMs = rebalanceTimeoutMs
      self.sessionTimeoutMs = sessionTimeoutMs
      self.subscription = subscription
      self.assignment = assignment
    }
  }

  public var protocolType: String
  public var generation: Int32
  public var protocolName: String?
  public var leaderID: String?
  /// When the group came into its state, in milliseconds since 1970-01-01 UTC; nil in records of old brokers.
  public var stateTimestamp: Int64?
  public var members: [Member]

  public init(
    protocolType: String, generation: Int32, protocolName: String? = nil, leaderID: String? = nil,
    stateTimestamp: Int64?, members: [Member] = []
  ) {
    self.protocolType = protocolType
    self.generation = generation
    self.protocolName = protocolName
    self.leaderID = leaderID
    self.stateTimestamp = stateTimestamp
    self.members = members
  }
}
