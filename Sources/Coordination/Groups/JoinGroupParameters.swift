/// A JoinGroup request, whatever its version.
public struct JoinGroupParameters: Sendable, Hashable {
  public var groupID: String
  public var member: GroupMemberIdentity
  public var clientID: String
  public var clientHost: String
  public var sessionTimeoutMs: Int32
  /// Negative: as the session timeout (version 0).
  public var rebalanceTimeoutMs: Int32
  public var protocolType: String
  /// In the order of the member's preference.
  public var protocols: [GroupProtocol]
  /// Why it joins, in the client's words.
  public var reason: String?
  /// A new member is told its id first and has to come back with it (version 4 and later, KIP-394).
  public var requiresKnownMemberID: Bool
  /// A leader can be told to keep the assignment (version 9 and later, KIP-814).
  public var supportsSkippingAssignment: Bool

  public init(
    groupID: String, member: GroupMemberIdentity, clientID: String, clientHost: String, sessionTimeoutMs: Int32,
    rebalanceTimeoutMs: Int32, protocolType: String, protocols: [GroupProtocol], reason: String? = nil,
    requiresKnownMemberID: Bool, supportsSkippingAssignment: Bool
  ) {
    self.groupID = groupID
    self.member = member
    self.clientID = clientID
    self.clientHost = clientHost
    self.sessionTimeoutMs = sessionTimeoutMs
    self.rebalanceTimeoutMs = rebalanceTimeoutMs
    self.protocolType = protocolType
    self.protocols = protocols
    self.reason = reason
    self.requiresKnownMemberID = requiresKnownMemberID
    self.supportsSkippingAssignment = supportsSkippingAssignment
  }

  var byteCount: Int { protocols.reduce(0) { $0 + $1.byteCount } }
}
