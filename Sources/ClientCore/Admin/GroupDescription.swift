import Base

/// A group, its members, and how far it has read.
public struct GroupDescription: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var id: String
    public var instanceID: String?
    public var clientID: String
    public var clientHost: String
    public var assignment: [TopicPartition]

    package init(
      id: String, instanceID: String?, clientID: String, clientHost: String, assignment: [TopicPartition]
    ) {
      self.id = id
      self.instanceID = instanceID
      self.clientID = clientID
      self.clientHost = clientHost
      self.assignment = assignment
    }
  }

  public struct Position: Sendable, Hashable {
    public var partition: TopicPartition
    /// nil: nothing was committed.
    public var committed: Int64?
    /// nil: the partition is gone or its leader does not answer.
    public var end: Int64?

    package init(partition: TopicPartition, committed: Int64?, end: Int64?) {
      self.partition = partition
      self.committed = committed
      self.end = end
    }

    /// Records not read yet; nil when that is unknown.
    public var lag: Int64? {
      guard let committed, let end, committed >= 0, end >= 0 else { return nil }
      return max(0, end - committed)
    }
  }

  /// Why the group had to agree anew, as Splashdam's brokers tell it.
  public struct Rebalance: Sendable, Hashable {
    /// Milliseconds since 1970-01-01 UTC.
    public var timestamp: Int64
    /// The generation, or the epoch of the group, that ended.
    public var generation: Int32
    public var memberID: String
    public var instanceID: String?
    public var clientID: String
    public var clientHost: String
    /// What the member did, in words that follow its name.
    public var cause: String
    /// What the client said about it.
    public var clientReason: String?

    package init(
      timestamp: Int64, generation: Int32, memberID: String, instanceID: String?, clientID: String, clientHost: String,
      cause: String, clientReason: String?
    ) {
      self.timestamp = timestamp
      self.generation = generation
      self.memberID = memberID
      self.instanceID = instanceID
      self.clientID = clientID
      self.clientHost = clientHost
      self.cause = cause
      self.clientReason = clientReason
    }
  }

  public var id: String
  /// `Dead` for a group that does not exist.
  public var state: String
  public var protocolType: String
  /// The assignor in use.
  public var protocolName: String
  public var coordinator: BrokerAddress
  public var members: [Member]
  /// Of every partition that has a committed offset or a member.
  public var positions: [Position]
  /// The last ones, the newest last; none from brokers that do not tell.
  public var rebalances: [Rebalance]
  /// `classic`, or `consumer` for the next-generation protocol (KIP-848).
  public var type: String

  package init(
    id: String, state: String, protocolType: String, protocolName: String, coordinator: BrokerAddress,
    members: [Member], positions: [Position], rebalances: [Rebalance] = [], type: String = "classic"
  ) {
    self.id = id
    self.state = state
    self.protocolType = protocolType
    self.protocolName = protocolName
    self.coordinator = coordinator
    self.members = members
    self.positions = positions
    self.rebalances = rebalances
    self.type = type
  }
}
