/// Asks for the first offset at or after a timestamp (milliseconds), or -1 latest, -2 earliest, -3 the one with the
/// highest timestamp (KIP-734), -4 earliest local (KIP-405), -5 latest tiered (KIP-1005).
public struct ListOffsetsRequest: RequestMessage {
  public struct ListOffsetsTopic: FieldStruct {
    public var name = ""
    public var partitions: [ListOffsetsPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct ListOffsetsPartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var currentLeaderEpoch: Int32 = -1
    public var timestamp: Int64 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&currentLeaderEpoch, from: 4)
      try coder.field(&timestamp)
      try coder.noTags()
    }
  }

  public typealias Response = ListOffsetsResponse

  public static let key = ApiKey.listOffsets
  public static let versions: ClosedRange<Int16> = 1...11
  public static let firstFlexibleVersion: Int16 = 6

  public var replicaID: Int32 = -1
  public var isolationLevel: Int8 = 0
  public var topics: [ListOffsetsTopic] = []
  public var timeoutMs: Int32 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&replicaID)
    try coder.field(&isolationLevel, from: 2)
    try coder.field(&topics)
    try coder.field(&timeoutMs, from: 10)
    try coder.noTags()
  }
}

/// The offsets found; -1 where there is none.
public struct ListOffsetsResponse: ResponseMessage {
  public struct ListOffsetsTopicResponse: FieldStruct {
    public var name = ""
    public var partitions: [ListOffsetsPartitionResponse] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct ListOffsetsPartitionResponse: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var errorCode = ErrorCode.none
    public var timestamp: Int64 = -1
    public var offset: Int64 = -1
    public var leaderEpoch: Int32 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&errorCode)
      try coder.field(&timestamp)
      try coder.field(&offset)
      try coder.field(&leaderEpoch, from: 4)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.listOffsets
  public static let versions: ClosedRange<Int16> = 1...11
  public static let firstFlexibleVersion: Int16 = 6

  public var throttleTimeMs: Int32 = 0
  public var topics: [ListOffsetsTopicResponse] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 2)
    try coder.field(&topics)
    try coder.noTags()
  }
}
