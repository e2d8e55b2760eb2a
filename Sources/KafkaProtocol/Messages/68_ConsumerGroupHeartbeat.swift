import Base

/// Joins, keeps up or leaves a group whose partitions the coordinator assigns (KIP-848). `memberEpoch`: 0 joins, -1 leaves,
/// -2 leaves for a static member that will be back. Null fields are as in the member's last request.
public struct ConsumerGroupHeartbeatRequest: RequestMessage {
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

  public typealias Response = ConsumerGroupHeartbeatResponse

  public static let key = ApiKey.consumerGroupHeartbeat
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var groupID = ""
  public var memberID = ""
  public var memberEpoch: Int32 = 0
  public var instanceID: String?
  public var rackID: String?
  public var rebalanceTimeoutMs: Int32 = -1
  public var subscribedTopicNames: [String]?
  public var subscribedTopicRegex: String?
  public var serverAssignor: String?
  public var topicPartitions: [TopicPartitions]?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&memberID)
    try coder.field(&memberEpoch)
    try coder.field(&instanceID)
    try coder.field(&rackID)
    try coder.field(&rebalanceTimeoutMs)
    try coder.field(&subscribedTopicNames)
    try coder.field(&subscribedTopicRegex, from: 1)
    try coder.field(&serverAssignor)
    try coder.field(&topicPartitions)
    try coder.noTags()
  }
}

/// The member's epoch, and the partitions it may read where those have changed.
public struct ConsumerGroupHeartbeatResponse: ResponseMessage {
  public struct Assignment: FieldStruct {
    public var topicPartitions: [TopicPartitions] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicPartitions)
      try coder.noTags()
    }
  }

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

  public static let key = ApiKey.consumerGroupHeartbeat
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var errorMessage: String?
  public var memberID: String?
  public var memberEpoch: Int32 = 0
  public var heartbeatIntervalMs: Int32 = 0
  public var assignment: Assignment?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.field(&errorMessage)
    try coder.field(&memberID)
    try coder.field(&memberEpoch)
    try coder.field(&heartbeatIntervalMs)
    try coder.field(&assignment)
    try coder.noTags()
  }
}
