/// Asks for committed offsets of a group to be forgotten (KIP-496).
public struct OffsetDeleteRequest: RequestMessage {
  public struct OffsetDeleteRequestTopic: FieldStruct {
    public var name = ""
    public var partitions: [OffsetDeleteRequestPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
    }
  }

  public struct OffsetDeleteRequestPartition: FieldStruct {
    public var partitionIndex: Int32 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
    }
  }

  public typealias Response = OffsetDeleteResponse

  public static let key = ApiKey.offsetDelete
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = .max

  public var groupID = ""
  public var topics: [OffsetDeleteRequestTopic] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&topics)
  }
}

/// What became of each partition.
public struct OffsetDeleteResponse: ResponseMessage {
  public struct OffsetDeleteResponseTopic: FieldStruct {
    public var name = ""
    public var partitions: [OffsetDeleteResponsePartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
    }
  }

  public struct OffsetDeleteResponsePartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&errorCode)
    }
  }

  public static let key = ApiKey.offsetDelete
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = .max

  public var errorCode = ErrorCode.none
  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetDeleteResponseTopic] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&errorCode)
    try coder.field(&throttleTimeMs)
    try coder.field(&topics)
  }
}
