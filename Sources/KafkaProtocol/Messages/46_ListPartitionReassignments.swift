/// Asks which partitions are being moved between brokers (KIP-455). Null topics: all.
public struct ListPartitionReassignmentsRequest: RequestMessage {
  public struct ListPartitionReassignmentsTopics: FieldStruct {
    public var name = ""
    public var partitionIndexes: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitionIndexes)
      try coder.noTags()
    }
  }

  public typealias Response = ListPartitionReassignmentsResponse

  public static let key = ApiKey.listPartitionReassignments
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var timeoutMs: Int32 = 60000
  public var topics: [ListPartitionReassignmentsTopics]?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&timeoutMs)
    try coder.field(&topics)
    try coder.noTags()
  }
}

/// The moves under way.
public struct ListPartitionReassignmentsResponse: ResponseMessage {
  public struct OngoingTopicReassignment: FieldStruct {
    public var name = ""
    public var partitions: [OngoingPartitionReassignment] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct OngoingPartitionReassignment: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var replicas: [Int32] = []
    public var addingReplicas: [Int32] = []
    public var removingReplicas: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&replicas)
      try coder.field(&addingReplicas)
      try coder.field(&removingReplicas)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.listPartitionReassignments
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var errorMessage: String? = ""
  public var topics: [OngoingTopicReassignment] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode)
    try coder.field(&errorMessage)
    try coder.field(&topics)
    try coder.noTags()
  }
}
