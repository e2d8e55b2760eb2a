import Base

/// What a member of a consumer group is to have (KIP-848).
public struct ConsumerGroupTargetAssignmentMemberValue: VersionedMessage {
  public struct TopicPartition: FieldStruct {
    public var topicID = UUID.zero
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicID)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var topicPartitions: [TopicPartition] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topicPartitions)
    try coder.noTags()
  }
}
