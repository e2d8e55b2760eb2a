import Base

/// A topic that a consumer group reads, as it was when the group's epoch last changed.
public struct SubscribedTopic: Sendable, Hashable {
  public var name: String
  public var id: UUID
  public var partitionCount: Int32

  public init(name: String, id: UUID, partitionCount: Int32) {
    self.name = name
    self.id = id
    self.partitionCount = partitionCount
  }
}
