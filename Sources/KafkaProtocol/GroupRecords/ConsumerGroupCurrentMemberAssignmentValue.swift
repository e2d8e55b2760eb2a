import Base

/// What a member of a consumer group has, and has to give up (KIP-848).
public struct ConsumerGroupCurrentMemberAssignmentValue: VersionedMessage {
  public struct TopicPartitions: FieldStruct {
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

  public var memberEpoch: Int32 = 0
  public var previousMemberEpoch: Int32 = 0
  public var state: Int8 = 0
  public var assignedPartitions: [TopicPartitions] = []
  public var partitionsPendingRevocation: [TopicPartitions] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&memberEpoch)
    try coder.field(&previousMemberEpoch)
    try coder.field(&state)
    try coder.field(&assignedPartitions)
    try coder.field(&partitionsPendingRevocation)
    try coder.noTags()
  }
}
