import KafkaProtocol

/// The answer to a LeaveGroup request.
public struct LeaveGroupReply: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    /// As the request had it.
    public var member: GroupMemberIdentity
    public var error: ErrorCode

    public init(_ member: GroupMemberIdentity, error: ErrorCode = .none) {
      self.member = member
      self.error = error
    }
  }

  /// What went wrong with the whole request.
  public var error: ErrorCode
  /// In the order of the request.
  public var members: [Member]

  public init(error: ErrorCode = .none, members: [Member] = []) {
    self.error = error
    self.members = members
  }
}
