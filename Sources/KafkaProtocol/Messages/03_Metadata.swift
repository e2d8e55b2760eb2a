import Base

/// Asks who the brokers are and who leads which partition. Null topics: all; an empty list: none (from version 1 on).
public struct MetadataRequest: RequestMessage {
  public struct MetadataRequestTopic: FieldStruct {
    public var topicID = UUID.zero
    public var name: String? = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicID, from: 10)
      try coder.field(&name)
      try coder.noTags()
    }
  }

  public typealias Response = MetadataResponse

  public static let key = ApiKey.metadata
  public static let versions: ClosedRange<Int16> = 0...13
  public static let firstFlexibleVersion: Int16 = 9
  /// librdkafka (seen up to 2.16), asking for all topics in a flexible version, writes the null array as four zero bytes
  /// where one is meant; what it wants of the rest is what these say when they are read as the fields that follow.
  public static let toleratesTrailingBytes = true

  public var topics: [MetadataRequestTopic]? = []
  public var allowAutoTopicCreation = true
  public var includeClusterAuthorizedOperations = false
  public var includeTopicAuthorizedOperations = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.field(&allowAutoTopicCreation, from: 4)
    try coder.field(&includeClusterAuthorizedOperations, from: 8, to: 10)
    try coder.field(&includeTopicAuthorizedOperations, from: 8)
    try coder.noTags()
  }
}

/// The brokers, and the topics asked for.
public struct MetadataResponse: ResponseMessage {
  public struct MetadataResponseBroker: FieldStruct {
    public var nodeID: Int32 = 0
    public var host = ""
    public var port: Int32 = 0
    public var rack: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&nodeID)
      try coder.field(&host)
      try coder.field(&port)
      try coder.field(&rack, from: 1)
      try coder.noTags()
    }
  }

  public struct MetadataResponseTopic: FieldStruct {
    public var errorCode = ErrorCode.none
    public var name: String? = ""
    public var topicID = UUID.zero
    public var isInternal = false
    public var partitions: [MetadataResponsePartition] = []
    public var topicAuthorizedOperations: Int32 = -2147483648

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&name)
      try coder.field(&topicID, from: 10)
      try coder.field(&isInternal, from: 1)
      try coder.field(&partitions)
      try coder.field(&topicAuthorizedOperations, from: 8)
      try coder.noTags()
    }
  }

  public struct MetadataResponsePartition: FieldStruct {
    public var errorCode = ErrorCode.none
    public var partitionIndex: Int32 = 0
    public var leaderID: Int32 = 0
    public var leaderEpoch: Int32 = -1
    public var replicaNodes: [Int32] = []
    public var isrNodes: [Int32] = []
    public var offlineReplicas: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&partitionIndex)
      try coder.field(&leaderID)
      try coder.field(&leaderEpoch, from: 7)
      try coder.field(&replicaNodes)
      try coder.field(&isrNodes)
      try coder.field(&offlineReplicas, from: 5)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.metadata
  public static let versions: ClosedRange<Int16> = 0...13
  public static let firstFlexibleVersion: Int16 = 9

  public var throttleTimeMs: Int32 = 0
  public var brokers: [MetadataResponseBroker] = []
  public var clusterID: String?
  public var controllerID: Int32 = -1
  public var topics: [MetadataResponseTopic] = []
  public var clusterAuthorizedOperations: Int32 = -2147483648
  public var errorCode = ErrorCode.none

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 3)
    try coder.field(&brokers)
    try coder.field(&clusterID, from: 2)
    try coder.field(&controllerID, from: 1)
    try coder.field(&topics)
    try coder.field(&clusterAuthorizedOperations, from: 8, to: 10)
    try coder.field(&errorCode, from: 13)
    try coder.noTags()
  }
}
