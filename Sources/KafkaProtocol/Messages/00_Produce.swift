import Base

/// Asks a leader to append record batches. Versions 0 to 2 are advertised but refused: librdkafka turns lz4 off
/// where they are missing (KAFKA-18659). Topics go by name to version 12, by id from 13 on (KIP-516).
public struct ProduceRequest: RequestMessage {
  public struct TopicProduceData: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var partitionData: [PartitionProduceData] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, to: 12)
      try coder.field(&topicID, from: 13)
      try coder.field(&partitionData)
      try coder.noTags()
    }
  }

  public struct PartitionProduceData: FieldStruct {
    public var index: Int32 = 0
    public var records: RecordsPayload = .null

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&index)
      try coder.field(&records)
      try coder.noTags()
    }
  }

  public typealias Response = ProduceResponse

  public static let key = ApiKey.produce
  public static let versions: ClosedRange<Int16> = 3...13
  public static let firstFlexibleVersion: Int16 = 9

  public var transactionalID: String?
  public var acks: Int16 = 0
  public var timeoutMs: Int32 = 0
  public var topicData: [TopicProduceData] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&transactionalID)
    try coder.field(&acks)
    try coder.field(&timeoutMs)
    try coder.field(&topicData)
    try coder.noTags()
  }
}

/// Where the batches of each partition went, or why they did not.
public struct ProduceResponse: ResponseMessage {
  public struct TopicProduceResponse: FieldStruct {
    public var name = ""
    public var topicID = UUID.zero
    public var partitionResponses: [PartitionProduceResponse] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name, to: 12)
      try coder.field(&topicID, from: 13)
      try coder.field(&partitionResponses)
      try coder.noTags()
    }
  }

  public struct PartitionProduceResponse: FieldStruct {
    public var index: Int32 = 0
    public var errorCode = ErrorCode.none
    public var baseOffset: Int64 = 0
    public var logAppendTimeMs: Int64 = -1
    public var logStartOffset: Int64 = -1
    public var recordErrors: [BatchIndexAndErrorMessage] = []
    public var errorMessage: String?
    public var currentLeader = LeaderIDAndEpoch()

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&index)
      try coder.field(&errorCode)
      try coder.field(&baseOffset)
      try coder.field(&logAppendTimeMs)
      try coder.field(&logStartOffset, from: 5)
      try coder.field(&recordErrors, from: 8)
      try coder.field(&errorMessage, from: 8)
      var tags = try coder.beginTags()
      try coder.tagged(0, &currentLeader, default: LeaderIDAndEpoch(), from: 10, in: &tags)
      try coder.endTags(tags)
    }
  }

  public struct BatchIndexAndErrorMessage: FieldStruct {
    public var batchIndex: Int32 = 0
    public var batchIndexErrorMessage: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&batchIndex, from: 8)
      try coder.field(&batchIndexErrorMessage, from: 8)
      try coder.noTags()
    }
  }

  public struct LeaderIDAndEpoch: FieldStruct {
    public var leaderID: Int32 = -1
    public var leaderEpoch: Int32 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&leaderID, from: 10)
      try coder.field(&leaderEpoch, from: 10)
      try coder.noTags()
    }
  }

  public struct NodeEndpoint: FieldStruct {
    public var nodeID: Int32 = 0
    public var host = ""
    public var port: Int32 = 0
    public var rack: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&nodeID, from: 10)
      try coder.field(&host, from: 10)
      try coder.field(&port, from: 10)
      try coder.field(&rack, from: 10)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.produce
  public static let versions: ClosedRange<Int16> = 3...13
  public static let firstFlexibleVersion: Int16 = 9

  public var responses: [TopicProduceResponse] = []
  public var throttleTimeMs: Int32 = 0
  public var nodeEndpoints: [NodeEndpoint] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&responses)
    try coder.field(&throttleTimeMs)
    var tags = try coder.beginTags()
    try coder.tagged(0, &nodeEndpoints, default: [], from: 10, in: &tags)
    try coder.endTags(tags)
  }
}
