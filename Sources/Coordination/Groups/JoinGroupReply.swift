import KafkaProtocol

/// The answer to a JoinGroup request.
public struct JoinGroupReply: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var member: GroupMemberIdentity
    /// What it sent with the chosen protocol.
    public var metadata: [UInt8]

    public init(_ member: GroupMemberIdentity, metadata: [UInt8]) {
      self.member = member
      self.metadata = metadata
    }
  }

  public var error: ErrorCode
  public var memberID: String
  /// -1 with an error.
  public var generation: Int32 = -1
  public var protocolType: String?
  public var protocolName: String?
  public var leaderID: String = ""
  /// The leader keeps the assignment that stands (KIP-814).
  public var skipAssignment = false
  /// For the leader alone: all members.
  public var members: [Member] = []

  public init(error: ErrorCode = .none, memberID: String) {
    self.error = error
    self.memberID = memberID
  }
}
