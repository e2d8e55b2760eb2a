/// Who a member says it is.
public struct GroupMemberIdentity: Sendable, Hashable {
  /// As the coordinator gave it out; empty before that.
  public var memberID: String
  /// `group.instance.id` of a static member (KIP-345).
  public var instanceID: String?

  public init(memberID: String, instanceID: String? = nil) {
    self.memberID = memberID
    self.instanceID = instanceID
  }
}
