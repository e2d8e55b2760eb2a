/// A ConsumerGroupHeartbeat request, whatever its version. nil: as in the member's last request.
public struct ConsumerHeartbeatParameters: Sendable, Hashable {
  /// Joins.
  public static let joining: Int32 = 0
  /// Leaves for good.
  public static let leaving: Int32 = -1
  /// A static member leaves for a while.
  public static let leavingForAWhile: Int32 = -2

  public var groupID: String
  public var member: GroupMemberIdentity
  public var epoch: Int32
  public var rackID: String?
  public var clientID: String
  public var clientHost: String
  public var rebalanceTimeoutMs: Int32?
  public var topics: [String]?
  public var pattern: String?
  public var assignor: String?
  /// The partitions it has.
  public var owned: PartitionSet?
  /// The client chooses its own member id (version 1 and later, KIP-1082).
  public var choosesMemberID: Bool

  public init(
    groupID: String, member: GroupMemberIdentity, epoch: Int32, rackID: String? = nil, clientID: String,
    clientHost: String, rebalanceTimeoutMs: Int32? = nil, topics: [String]? = nil, pattern: String? = nil,
    assignor: String? = nil, owned: PartitionSet? = nil, choosesMemberID: Bool = true
  ) {
    self.groupID = groupID
    self.member = member
    self.epoch = epoch
    self.rackID = rackID
    self.clientID = clientID
    self.clientHost = clientHost
    self.rebalanceTimeoutMs = rebalanceTimeoutMs
    self.topics = topics
    self.pattern = pattern
    self.assignor = assignor
    self.owned = owned
    self.choosesMemberID = choosesMemberID
  }

  /// Says everything, as a member does that joins or is not sure of what was heard.
  var isFull: Bool { rebalanceTimeoutMs != nil && (topics != nil || pattern != nil) && owned != nil }

  var byteCount: Int {
    (topics ?? []).reduce((pattern?.utf8.count ?? 0) + 256) { $0 + $1.utf8.count + 32 }
  }
}
