/// What a member of a consumer group has, as it is kept in `__consumer_offsets`.
public struct ConsumerMemberState: Sendable, Hashable {
  /// 0: it has just come; -2: a static member that left for a while.
  public var epoch: Int32
  /// The member may still come with this one, when it missed the answer with the newer.
  public var previousEpoch: Int32
  /// Kafka's number for it: 0 stable, 1 has to give partitions up, 2 waits for partitions of others.
  public var state: Int8
  /// What it may read.
  public var assigned: PartitionSet
  /// What it has to give up.
  public var pendingRevocation: PartitionSet

  public init(
    epoch: Int32 = 0, previousEpoch: Int32 = -1, state: Int8 = 0, assigned: PartitionSet = PartitionSet(),
    pendingRevocation: PartitionSet = PartitionSet()
  ) {
    self.epoch = epoch
    self.previousEpoch = previousEpoch
    self.state = state
    self.assigned = assigned
    self.pendingRevocation = pendingRevocation
  }

  /// Takes another epoch, and remembers the one before.
  mutating func advance(to next: Int32) {
    guard next != epoch else { return }
    previousEpoch = epoch
    epoch = next
  }
}
