/// One line of a list of groups.
public struct GroupListing: Sendable, Hashable {
  public var groupID: String
  public var state: GroupState
  /// Empty for a group that only commits offsets.
  public var protocolType: String
}
