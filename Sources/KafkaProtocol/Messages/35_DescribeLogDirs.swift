/// Asks a broker for its log directories and the replicas in them (KIP-113). Null topics: all.
public struct DescribeLogDirsRequest: RequestMessage {
  public struct DescribableLogDirTopic: FieldStruct {
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

  public typealias Response = DescribeLogDirsResponse

  public static let key = ApiKey.describeLogDirs
  public static let versions: ClosedRange<Int16> = 1...5
  public static let firstFlexibleVersion: Int16 = 2

  public var topics: [DescribableLogDirTopic]? = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.noTags()
  }
}

/// The directories: the size of each replica, and how full the disk is (KIP-827).
public struct DescribeLogDirsResponse: ResponseMessage {
  public struct DescribeLogDirsResult: FieldStruct {
    public var errorCode = ErrorCode.none
    public var logDir = ""
    public var topics: [DescribeLogDirsTopic] = []
    public var totalBytes: Int64 = -1
    public var usableBytes: Int64 = -1
    public var isCordoned = false

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&logDir)
      try coder.field(&topics)
      try coder.field(&totalBytes, from: 4)
      try coder.field(&usableBytes, from: 4)
      try coder.field(&isCordoned, from: 5)
      try coder.noTags()
    }
  }

  public struct DescribeLogDirsTopic: FieldStruct {
    public var name = ""
    public var partitions: [DescribeLogDirsPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct DescribeLogDirsPartition: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var partitionSize: Int64 = 0
    public var offsetLag: Int64 = 0
    public var isFutureKey = false

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&partitionSize)
      try coder.field(&offsetLag)
      try coder.field(&isFutureKey)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.describeLogDirs
  public static let versions: ClosedRange<Int16> = 1...5
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var results: [DescribeLogDirsResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode, from: 3)
    try coder.field(&results)
    try coder.noTags()
  }
}
