/// One partition of one topic.
public struct TopicPartition: Sendable, Hashable, CustomStringConvertible {
  public var topic: String
  /// Counted from 0.
  public var partition: Int32

  @inlinable
  public init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  /// `topic-partition`, which is also the name of its directory.
  public var description: String { "\(topic)-\(partition)" }
}

extension TopicPartition: Comparable {
  @inlinable
  public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
    (left.topic, left.partition) < (right.topic, right.partition)
  }
}
