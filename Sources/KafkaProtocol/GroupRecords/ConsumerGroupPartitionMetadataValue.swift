import Base

/// The topics that a consumer group reads, as its target was computed from them (KIP-848).
public struct ConsumerGroupPartitionMetadataValue: VersionedMessage {
  public struct TopicMetadata: FieldStruct {
    public var topicID = UUID.zero
    public var topicName = ""
    public var numPartitions: Int32 = 0
    public var partitionMetadata: [PartitionMetadata] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicID)
      try coder.field(&topicName)
      try coder.field(&numPartitions)
      try coder.field(&partitionMetadata)
      try coder.noTags()
    }
  }

  public struct PartitionMetadata: FieldStruct {
    public var partition: Int32 = 0
    public var racks: [String] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partition)
      try coder.field(&racks)
      try coder.noTags()
    }
  }

  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var topics: [TopicMetadata] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.noTags()
  }
}
