/// Asks a leader to forget what lies before an offset of each partition; -1 is the high watermark (KIP-107).
public struct DeleteRecordsRequest: RequestMessage {
  public struct DeleteRecordsTopic: FieldStruct {
    public var name = ""
    public var partitions: [DeleteRecordsPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct DeleteRecordsPartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var offset: Int64 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&offset)
      try coder.noTags()
    }
  }

  public typealias Response = DeleteRecordsResponse

  public static let key = ApiKey.deleteRecords
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var topics: [DeleteRecordsTopic] = []
  public var timeoutMs: Int32 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.field(&timeoutMs)
    try coder.noTags()
  }
}

/// The first offset that is left in each partition.
public struct DeleteRecordsResponse: ResponseMessage {
  public struct DeleteRecordsTopicResult: FieldStruct {
    public var name = ""
    public var partitions: [DeleteRecordsPartitionResult] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct DeleteRecordsPartitionResult: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var lowWatermark: Int64 = 0
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&lowWatermark)
      try coder.field(&errorCode)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.deleteRecords
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var topics: [DeleteRecordsTopicResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&topics)
    try coder.noTags()
  }
}
