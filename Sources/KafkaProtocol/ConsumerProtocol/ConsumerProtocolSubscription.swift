/// What a consumer tells the leader of its group: the topics it wants and, from version 1 on, what it owns (KIP-429).
public struct ConsumerProtocolSubscription: VersionedMessage {
  public struct TopicPartition: FieldStruct {
    public var topic = ""
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic, from: 1)
      try coder.field(&partitions, from: 1)
    }
  }

  public static let versions: ClosedRange<Int16> = 0...3
  public static let firstFlexibleVersion: Int16 = .max

  public var topics: [String] = []
  public var userData: [UInt8]?
  public var ownedPartitions: [TopicPartition] = []
  public var generationID: Int32 = -1
  public var rackID: String?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.field(&userData)
    try coder.field(&ownedPartitions, from: 1)
    try coder.field(&generationID, from: 2)
    try coder.field(&rackID, from: 3)
  }
}
