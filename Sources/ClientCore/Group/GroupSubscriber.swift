import Base

/// A member as the one who assigns sees it.
public struct GroupSubscriber: Sendable, Hashable {
  public var memberID: String
  public var instanceID: String?
  public var topics: Set<String>
  /// What it says it owns, as of `generation`.
  public var owned: [TopicPartition]
  public var generation: Int32

  public init(
    memberID: String, instanceID: String? = nil, topics: Set<String>, owned: [TopicPartition] = [],
    generation: Int32 = -1
  ) {
    self.memberID = memberID
    self.instanceID = instanceID
    self.topics = topics
    self.owned = owned
    self.generation = generation
  }
}

extension GroupSubscriber: Comparable {
  /// Static members come first, so that they keep their places whatever ids they get.
  public static func < (left: GroupSubscriber, right: GroupSubscriber) -> Bool {
    switch (left.instanceID, right.instanceID) {
    case (let left?, let right?): left < right
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.memberID < right.memberID
    }
  }
}
