/// Asks a broker to move replicas to other log directories (KIP-113).
public struct AlterReplicaLogDirsRequest: RequestMessage {
  public struct AlterReplicaLogDir: FieldStruct {
    public var path = ""
    public var topics: [AlterReplicaLogDirTopic] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&path)
      try coder.field(&topics)
      try coder.noTags()
    }
  }

  public struct AlterReplicaLogDirTopic: FieldStruct {
    public var name = ""
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public typealias Response = AlterReplicaLogDirsResponse

  public static let key = ApiKey.alterReplicaLogDirs
  public static let versions: ClosedRange<Int16> = 1...2
  public static let firstFlexibleVersion: Int16 = 2

  public var dirs: [AlterReplicaLogDir] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&dirs)
    try coder.noTags()
  }
}

/// What became of each partition.
public struct AlterReplicaLogDirsResponse: ResponseMessage {
  public struct AlterReplicaLogDirTopicResult: FieldStruct {
    public var topicName = ""
    public var partitions: [AlterReplicaLogDirPartitionResult] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicName)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct AlterReplicaLogDirPartitionResult: FieldStruct {
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

  public static let key = ApiKey.alterReplicaLogDirs
  public static let versions: ClosedRange<Int16> = 1...2
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var results: [AlterReplicaLogDirTopicResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&results)
    try coder.noTags()
  }
}
