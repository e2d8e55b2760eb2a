/// All there is to say about one group of the next-generation protocol.
public struct ConsumerGroupDescription: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public var id: String
    public var metadata: ConsumerMemberMetadata
    public var state: ConsumerMemberState
    public var target: PartitionSet
  }

  public var groupID: String
  public var state: ConsumerGroupState
  public var epoch: Int32
  public var assignmentEpoch: Int32
  public var assignor: String
  /// In the order of their ids.
  public var members: [Member]
  /// Why its epoch last changed, newest last.
  public var rebalances: [RebalanceCause]
}
