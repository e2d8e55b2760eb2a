/// What the leader of a group of consumers gives a member.
public struct ConsumerProtocolAssignment: VersionedMessage {
  public struct TopicPartition: FieldStruct {
    public var topic = ""
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic)
      try coder.field(&partitions)
    }
  }

  public static let versions: ClosedRange<Int16> = 0...3
  public static let firstFlexibleVersion: Int16 = .max

  public var assignedPartitions: [TopicPartition] = []
  public var userData: [UInt8]?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&assignedPartitions)
    try coder.field(&userData)
  }
}
