import Base

/// Stores how far a group has read.
public struct OffsetCommitRequest: RequestMessage {
  public struct OffsetCommitRequestTopic: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var partitions: [OffsetCommitRequestPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, to: 9)
      try coder.field(&topicID, from: 10)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct OffsetCommitRequestPartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    public var committedLeaderEpoch: Int32 = -1
    public var committedMetadata: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&committedOffset)
      try coder.field(&committedLeaderEpoch, from: 6)
      try coder.field(&committedMetadata)
      try coder.noTags()
    }
  }

  public typealias Response = OffsetCommitResponse

  public static let key = ApiKey.offsetCommit
  public static let versions: ClosedRange<Int16> = 2...10
  public static let firstFlexibleVersion: Int16 = 8

  public var groupID = ""
  public var generationIDOrMemberEpoch: Int32 = -1
  public var memberID = ""
  public var groupInstanceID: String?
  public var retentionTimeMs: Int64 = -1
  public var topics: [OffsetCommitRequestTopic] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&generationIDOrMemberEpoch)
    try coder.field(&memberID)
    try coder.field(&groupInstanceID, from: 7)
    try coder.field(&retentionTimeMs, to: 4)
    try coder.field(&topics)
    try coder.noTags()
  }
}

/// Whether each offset was stored.
public struct OffsetCommitResponse: ResponseMessage {
  public struct OffsetCommitResponseTopic: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var partitions: [OffsetCommitResponsePartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, to: 9)
      try coder.field(&topicID, from: 10)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct OffsetCommitResponsePartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&errorCode)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.offsetCommit
  public static let versions: ClosedRange<Int16> = 2...10
  public static let firstFlexibleVersion: Int16 = 8

  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetCommitResponseTopic] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 3)
    try coder.field(&topics)
    try coder.noTags()
  }
}
