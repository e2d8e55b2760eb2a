/// A group in a list of groups.
public struct GroupListing: Sendable, Hashable {
  public var id: String
  /// `consumer` for groups of consumers.
  public var protocolType: String
  /// `Stable`, `Empty`, …; empty where the broker does not tell.
  public var state: String

  package init(id: String, protocolType: String, state: String) {
    self.id = id
    self.protocolType = protocolType
    self.state = state
  }
}
