import Base
import KafkaProtocol

/// A topic and who holds its partitions.
public struct TopicDescription: Sendable, Hashable {
  public struct Partition: Sendable, Hashable {
    public var index: Int32
    /// nil: none at the moment.
    public var leader: Int32?
    public var leaderEpoch: Int32
    public var replicas: [Int32]
    public var inSyncReplicas: [Int32]

    package init(index: Int32, leader: Int32?, leaderEpoch: Int32, replicas: [Int32], inSyncReplicas: [Int32]) {
      self.index = index
      self.leader = leader
      self.leaderEpoch = leaderEpoch
      self.replicas = replicas
      self.inSyncReplicas = inSyncReplicas
    }
  }

  public var name: String
  /// Zero where the broker is too old to have ids.
  public var id: UUID
  public var isInternal: Bool
  /// By index.
  public var partitions: [Partition]

  package init(name: String, id: UUID, isInternal: Bool, partitions: [Partition]) {
    self.name = name
    self.id = id
    self.isInternal = isInternal
    self.partitions = partitions
  }
}
