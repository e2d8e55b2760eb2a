import Base

/// Creates topics, with given numbers of partitions and replicas (-1: the broker's default, KIP-464) or given replicas.
public struct CreateTopicsRequest: RequestMessage {
  public struct CreatableTopic: FieldStruct {
    public var name = ""
    public var numPartitions: Int32 = 0
    public var replicationFactor: Int16 = 0
    public var assignments: [CreatableReplicaAssignment] = []
    public var configs: [CreatableTopicConfig] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&numPartitions)
      try coder.field(&replicationFactor)
      try coder.field(&assignments)
      try coder.field(&configs)
      try coder.noTags()
    }
  }

  public struct CreatableReplicaAssignment: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var brokerIDs: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&brokerIDs)
      try coder.noTags()
    }
  }

  public struct CreatableTopicConfig: FieldStruct {
    public var name = ""
    public var value: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&value)
      try coder.noTags()
    }
  }

  public typealias Response = CreateTopicsResponse

  public static let key = ApiKey.createTopics
  public static let versions: ClosedRange<Int16> = 2...7
  public static let firstFlexibleVersion: Int16 = 5

  public var topics: [CreatableTopic] = []
  public var timeoutMs: Int32 = 60000
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
public struct CreateTopicsResponse: ResponseMessage {
  public struct CreatableTopicResult: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""
    public var topicConfigErrorCode: Int16 = 0
    public var numPartitions: Int32 = -1
    public var replicationFactor: Int16 = -1
    public var configs: [CreatableTopicConfigs]? = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&topicID, from: 7)
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.field(&numPartitions, from: 5)
      try coder.field(&replicationFactor, from: 5)
      try coder.field(&configs, from: 5)
      var tags = try coder.beginTags()
      try coder.tagged(0, &topicConfigErrorCode, default: 0, from: 5, in: &tags)
      try coder.endTags(tags)
    }
  }

  public struct CreatableTopicConfigs: FieldStruct {
    public var name = ""
    public var value: String? = ""
    public var readOnly = false
    public var configSource: Int8 = -1
    public var isSensitive = false

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, from: 5)
      try coder.field(&value, from: 5)
      try coder.field(&readOnly, from: 5)
      try coder.field(&configSource, from: 5)
      try coder.field(&isSensitive, from: 5)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.createTopics
  public static let versions: ClosedRange<Int16> = 2...7
  public static let firstFlexibleVersion: Int16 = 5

  public var throttleTimeMs: Int32 = 0
  public var topics: [CreatableTopicResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&topics)
    try coder.noTags()
  }
}
