import Base

/// Asks how far groups have read: one group to version 7, many from 8 on (KIP-709). Null topics: all.
public struct OffsetFetchRequest: RequestMessage {
  public struct OffsetFetchRequestTopic: FieldStruct {
    public var name = ""
    public var partitionIndexes: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, to: 7)
      try coder.field(&partitionIndexes, to: 7)
      try coder.noTags()
    }
  }

  public struct OffsetFetchRequestGroup: FieldStruct {
    public var groupID = ""
    public var memberID: String?
    public var memberEpoch: Int32 = -1
    public var topics: [OffsetFetchRequestTopics]? = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&groupID, from: 8)
      try coder.field(&memberID, from: 9)
      try coder.field(&memberEpoch, from: 9)
      try coder.field(&topics, from: 8)
      try coder.noTags()
    }
  }

  public struct OffsetFetchRequestTopics: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var partitionIndexes: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, from: 8, to: 9)
      try coder.field(&topicID, from: 10)
      try coder.field(&partitionIndexes, from: 8)
      try coder.noTags()
    }
  }

  public typealias Response = OffsetFetchResponse

  public static let key = ApiKey.offsetFetch
  public static let versions: ClosedRange<Int16> = 1...10
  public static let firstFlexibleVersion: Int16 = 6

  public var groupID = ""
  public var topics: [OffsetFetchRequestTopic]? = []
  public var groups: [OffsetFetchRequestGroup] = []
  public var requireStable = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID, to: 7)
    try coder.field(&topics, to: 7)
    try coder.field(&groups, from: 8)
    try coder.field(&requireStable, from: 7)
    try coder.noTags()
  }
}

/// The committed offsets; -1 where there is none.
public struct OffsetFetchResponse: ResponseMessage {
  public struct OffsetFetchResponseTopic: FieldStruct {
    public var name = ""
    public var partitions: [OffsetFetchResponsePartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, to: 7)
      try coder.field(&partitions, to: 7)
      try coder.noTags()
    }
  }

  public struct OffsetFetchResponsePartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    public var committedLeaderEpoch: Int32 = -1
    public var metadata: String? = ""
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex, to: 7)
      try coder.field(&committedOffset, to: 7)
      try coder.field(&committedLeaderEpoch, from: 5, to: 7)
      try coder.field(&metadata, to: 7)
      try coder.field(&errorCode, to: 7)
      try coder.noTags()
    }
  }

  public struct OffsetFetchResponseGroup: FieldStruct {
    public var groupID = ""
    public var topics: [OffsetFetchResponseTopics] = []
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&groupID, from: 8)
      try coder.field(&topics, from: 8)
      try coder.field(&errorCode, from: 8)
      try coder.noTags()
    }
  }

  public struct OffsetFetchResponseTopics: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var partitions: [OffsetFetchResponsePartitions] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, from: 8, to: 9)
      try coder.field(&topicID, from: 10)
      try coder.field(&partitions, from: 8)
      try coder.noTags()
    }
  }

  public struct OffsetFetchResponsePartitions: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    public var committedLeaderEpoch: Int32 = -1
    public var metadata: String? = ""
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex, from: 8)
      try coder.field(&committedOffset, from: 8)
      try coder.field(&committedLeaderEpoch, from: 8)
      try coder.field(&metadata, from: 8)
      try coder.field(&errorCode, from: 8)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.offsetFetch
  public static let versions: ClosedRange<Int16> = 1...10
  public static let firstFlexibleVersion: Int16 = 6

  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetFetchResponseTopic] = []
  public var errorCode = ErrorCode.none
  public var groups: [OffsetFetchResponseGroup] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 3)
    try coder.field(&topics, to: 7)
    try coder.field(&errorCode, from: 2, to: 7)
    try coder.field(&groups, from: 8)
    try coder.noTags()
  }
}
