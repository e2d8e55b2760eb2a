/// One line of a list of groups.
public struct GroupListing: Sendable, Hashable {
  public var groupID: String
  /// By Kafka's name for it.
  public var state: String
  /// The next-generation protocol's.
  public var isConsumerGroup: Bool
  /// Empty for a group that only commits offsets.
  public var protocolType: String
}
