import Base

/// Asks for partitions of topics, so many at once, from a cursor on (KIP-966). No topics: all.
public struct DescribeTopicPartitionsRequest: RequestMessage {
  public struct TopicRequest: FieldStruct {
    public var name = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.noTags()
    }
  }

  public struct Cursor: FieldStruct {
    public var topicName = ""
    public var partitionIndex: Int32 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicName)
      try coder.field(&partitionIndex)
      try coder.noTags()
    }
  }

  public typealias Response = DescribeTopicPartitionsResponse

  public static let key = ApiKey.describeTopicPartitions
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var topics: [TopicRequest] = []
  public var responsePartitionLimit: Int32 = 2000
  public var cursor: Cursor?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.field(&responsePartitionLimit)
    try coder.field(&cursor)
    try coder.noTags()
  }
}

/// The partitions, and where to go on when there are more.
public struct DescribeTopicPartitionsResponse: ResponseMessage {
  public struct DescribeTopicPartitionsResponseTopic: FieldStruct {
    public var errorCode = ErrorCode.none
    public var name: String? = ""
    public var topicID = UUID.zero
    public var isInternal = false
    public var partitions: [DescribeTopicPartitionsResponsePartition] = []
    public var topicAuthorizedOperations: Int32 = -2147483648

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&name)
      try coder.field(&topicID)
      try coder.field(&isInternal)
      try coder.field(&partitions)
      try coder.field(&topicAuthorizedOperations)
      try coder.noTags()
    }
  }

  public struct DescribeTopicPartitionsResponsePartition: FieldStruct {
    public var errorCode = ErrorCode.none
    public var partitionIndex: Int32 = 0
    public var leaderID: Int32 = 0
    public var leaderEpoch: Int32 = -1
    public var replicaNodes: [Int32] = []
    public var isrNodes: [Int32] = []
    public var eligibleLeaderReplicas: [Int32]?
    public var lastKnownElr: [Int32]?
    public var offlineReplicas: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&partitionIndex)
      try coder.field(&leaderID)
      try coder.field(&leaderEpoch)
      try coder.field(&replicaNodes)
      try coder.field(&isrNodes)
      try coder.field(&eligibleLeaderReplicas)
      try coder.field(&lastKnownElr)
      try coder.field(&offlineReplicas)
      try coder.noTags()
    }
  }

  public struct Cursor: FieldStruct {
    public var topicName = ""
    public var partitionIndex: Int32 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicName)
      try coder.field(&partitionIndex)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.describeTopicPartitions
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var topics: [DescribeTopicPartitionsResponseTopic] = []
  public var nextCursor: Cursor?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&topics)
    try coder.field(&nextCursor)
    try coder.noTags()
  }
}
