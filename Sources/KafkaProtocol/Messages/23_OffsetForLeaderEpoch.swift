/// Asks where the records of a leader epoch end, to find out whether what was read is still what the log holds (KIP-101,
/// KIP-320).
public struct OffsetForLeaderEpochRequest: RequestMessage {
  public struct OffsetForLeaderTopic: FieldStruct {
    public var topic = ""
    public var partitions: [OffsetForLeaderPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct OffsetForLeaderPartition: FieldStruct {
    public var partition: Int32 = 0
    public var currentLeaderEpoch: Int32 = -1
    public var leaderEpoch: Int32 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partition)
      try coder.field(&currentLeaderEpoch)
      try coder.field(&leaderEpoch)
      try coder.noTags()
    }
  }

  public typealias Response = OffsetForLeaderEpochResponse

  public static let key = ApiKey.offsetForLeaderEpoch
  public static let versions: ClosedRange<Int16> = 2...4
  public static let firstFlexibleVersion: Int16 = 4

  public var replicaID: Int32 = -2
  public var topics: [OffsetForLeaderTopic] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&replicaID, from: 3)
    try coder.field(&topics)
    try coder.noTags()
  }
}

/// The end of the largest epoch that is not above the one asked for; -1 where there is none.
public struct OffsetForLeaderEpochResponse: ResponseMessage {
  public struct OffsetForLeaderTopicResult: FieldStruct {
    public var topic = ""
    public var partitions: [EpochEndOffset] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct EpochEndOffset: FieldStruct {
    public var errorCode = ErrorCode.none
    public var partition: Int32 = 0
    public var leaderEpoch: Int32 = -1
    public var endOffset: Int64 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&partition)
      try coder.field(&leaderEpoch)
      try coder.field(&endOffset)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.offsetForLeaderEpoch
  public static let versions: ClosedRange<Int16> = 2...4
  public static let firstFlexibleVersion: Int16 = 4

  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetForLeaderTopicResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&topics)
    try coder.noTags()
  }
}
