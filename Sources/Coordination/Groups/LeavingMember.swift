/// One of those whom a LeaveGroup request takes out.
public struct LeavingMember: Sendable, Hashable {
  /// An empty member id with an instance id: an operator removes a static member.
  public var member: GroupMemberIdentity
  /// Why, in the client's words.
  public var reason: String?

  public init(_ member: GroupMemberIdentity, reason: String? = nil) {
    self.member = member
    self.reason = reason
  }
}
