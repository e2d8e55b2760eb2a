/// Asks for leaders to be elected: the preferred replica (type 0), or one that may have lost records (1) (KIP-460). Null
/// topics: all partitions.
public struct ElectLeadersRequest: RequestMessage {
  public struct TopicPartitions: FieldStruct {
    public var topic = ""
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public typealias Response = ElectLeadersResponse

  public static let key = ApiKey.electLeaders
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var electionType: Int8 = 0
  public var topicPartitions: [TopicPartitions]? = []
  public var timeoutMs: Int32 = 60000

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&electionType, from: 1)
    try coder.field(&topicPartitions)
    try coder.field(&timeoutMs)
    try coder.noTags()
  }
}

/// What became of each partition.
public struct ElectLeadersResponse: ResponseMessage {
  public struct ReplicaElectionResult: FieldStruct {
    public var topic = ""
    public var partitionResult: [PartitionResult] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic)
      try coder.field(&partitionResult)
      try coder.noTags()
    }
  }

  public struct PartitionResult: FieldStruct {
    public var partitionID: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionID)
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.electLeaders
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var replicaElectionResults: [ReplicaElectionResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode, from: 1)
    try coder.field(&replicaElectionResults)
    try coder.noTags()
  }
}
