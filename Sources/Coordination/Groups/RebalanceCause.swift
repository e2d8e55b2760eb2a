/// Why a group had to agree anew: which member, of which client, did what.
public struct RebalanceCause: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case memberJoined = "joined"
    case memberChanged = "joined again with other subscriptions or protocols"
    case leaderJoinedAgain = "leads and joined again"
    case staticMemberReplaced = "came back as a new process"
    case memberLeft = "left"
    case sessionExpired = "sent no heartbeat within its session timeout"
    case assignmentNotFetched = "did not ask for its assignment in time"
    case assignmentNotStored = "leads, and its assignment could not be stored"
    case subscriptionChanged = "subscribes to other topics or wants another assignor"
    case topicsChanged = "reads topics that came, went or grew"
    case revocationTimedOut = "did not give up its partitions within its rebalance timeout"
    case overCapacity = "is one of more members than group.max.size allows"
  }

  public var kind: Kind
  /// Milliseconds since 1970-01-01 UTC.
  public var timestamp: Int64
  /// The generation, or the epoch of the group, that ended.
  public var generation: Int32
  public var member: GroupMemberIdentity
  public var clientID: String
  public var clientHost: String
  /// What the client said about it.
  public var clientReason: String?

  public init(
    _ kind: Kind, timestamp: Int64, generation: Int32, member: GroupMemberIdentity, clientID: String,
    clientHost: String, clientReason: String? = nil
  ) {
    self.kind = kind
    self.timestamp = timestamp
    self.generation = generation
    self.member = member
    self.clientID = clientID
    self.clientHost = clientHost
    self.clientReason = clientReason
  }

  public var description: String {
    let instance = member.instanceID.map { " (instance \($0))" } ?? ""
    let reason = clientReason.map { ": \($0)" } ?? ""
    return "member \(member.memberID)\(instance) of client \(clientID) at \(clientHost) \(kind.rawValue)\(reason)"
  }
}
