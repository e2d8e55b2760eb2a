/// Asks for the replicas of partitions to be moved to other brokers, or for such a move to be cancelled where the replicas
/// are null (KIP-455).
public struct AlterPartitionReassignmentsRequest: RequestMessage {
  public struct ReassignableTopic: FieldStruct {
    public var name = ""
    public var partitions: [ReassignablePartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct ReassignablePartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var replicas: [Int32]?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&replicas)
      try coder.noTags()
    }
  }

  public typealias Response = AlterPartitionReassignmentsResponse

  public static let key = ApiKey.alterPartitionReassignments
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var timeoutMs: Int32 = 60000
  public var allowReplicationFactorChange = true
  public var topics: [ReassignableTopic] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&timeoutMs)
    try coder.field(&allowReplicationFactorChange, from: 1)
    try coder.field(&topics)
    try coder.noTags()
  }
}

/// What became of each partition.
public struct AlterPartitionReassignmentsResponse: ResponseMessage {
  public struct ReassignableTopicResponse: FieldStruct {
    public var name = ""
    public var partitions: [ReassignablePartitionResponse] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct ReassignablePartitionResponse: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.alterPartitionReassignments
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var allowReplicationFactorChange = true
  public var errorCode = ErrorCode.none
  public var errorMessage: String? = ""
  public var responses: [ReassignableTopicResponse] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&allowReplicationFactorChange, from: 1)
    try coder.field(&errorCode)
    try coder.field(&errorMessage)
    try coder.field(&responses)
    try coder.noTags()
  }
}
