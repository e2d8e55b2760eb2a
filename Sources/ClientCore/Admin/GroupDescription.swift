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
      guard let committed, let end else { return nil }
      return max(0, end - committed)
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

  package init(
    id: String, state: String, protocolType: String, protocolName: String, coordinator: BrokerAddress,
    members: [Member], positions: [Position]
  ) {
    self.id = id
    self.state = state
    self.protocolType = protocolType
    self.protocolName = protocolName
    self.coordinator = coordinator
    self.members = members
    self.positions = positions
  }
}
