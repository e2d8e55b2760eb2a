/// Raises the number of partitions of topics (KIP-195).
public struct CreatePartitionsRequest: RequestMessage {
  public struct CreatePartitionsTopic: FieldStruct {
    public var name = ""
    public var count: Int32 = 0
    public var assignments: [CreatePartitionsAssignment]? = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&count)
      try coder.field(&assignments)
      try coder.noTags()
    }
  }

  public struct CreatePartitionsAssignment: FieldStruct {
    public var brokerIDs: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&brokerIDs)
      try coder.noTags()
    }
  }

  public typealias Response = CreatePartitionsResponse

  public static let key = ApiKey.createPartitions
  public static let versions: ClosedRange<Int16> = 0...3
  public static let firstFlexibleVersion: Int16 = 2

  public var topics: [CreatePartitionsTopic] = []
  public var timeoutMs: Int32 = 0
  public var validateOnly = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.field(&timeoutMs)
    try coder.field(&validateOnly)
    try coder.noTags()
  }
}

/// What became of each topic.
public struct CreatePartitionsResponse: ResponseMessage {
  public struct CreatePartitionsTopicResult: FieldStruct {
    public var name = ""
    public var errorCode = ErrorCode.none
    public var errorMessage: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.createPartitions
  public static let versions: ClosedRange<Int16> = 0...3
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var results: [CreatePartitionsTopicResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&results)
    try coder.noTags()
  }
}
