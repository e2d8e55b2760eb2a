/// Asks a leader what it remembers of the producers of partitions (KIP-664).
public struct DescribeProducersRequest: RequestMessage {
  public struct TopicRequest: FieldStruct {
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

  public typealias Response = DescribeProducersResponse

  public static let key = ApiKey.describeProducers
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var topics: [TopicRequest] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.noTags()
  }
}

/// The idempotent producers of each partition.
public struct DescribeProducersResponse: ResponseMessage {
  public struct TopicResponse: FieldStruct {
    public var name = ""
    public var partitions: [PartitionResponse] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct PartitionResponse: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var activeProducers: [ProducerState] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.field(&activeProducers)
      try coder.noTags()
    }
  }

  public struct ProducerState: FieldStruct {
    public var producerID: Int64 = 0
    public var producerEpoch: Int32 = 0
    public var lastSequence: Int32 = -1
    public var lastTimestamp: Int64 = -1
    public var coordinatorEpoch: Int32 = 0
    public var currentTxnStartOffset: Int64 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&producerID)
      try coder.field(&producerEpoch)
      try coder.field(&lastSequence)
      try coder.field(&lastTimestamp)
      try coder.field(&coordinatorEpoch)
      try coder.field(&currentTxnStartOffset)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.describeProducers
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var topics: [TopicResponse] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&topics)
    try coder.noTags()
  }
}
