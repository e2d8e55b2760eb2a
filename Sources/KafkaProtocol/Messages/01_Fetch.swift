import Base

/// Asks for record batches from given offsets on, waiting up to `maxWaitMs` for `minBytes` of them. From version 7 on
/// only what changed since the last request of a session is named (KIP-227); topics go by id from version 13 on.
public struct FetchRequest: RequestMessage {
  public struct ReplicaState: FieldStruct {
    public var replicaID: Int32 = -1
    public var replicaEpoch: Int64 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&replicaID, from: 15)
      try coder.field(&replicaEpoch, from: 15)
      try coder.noTags()
    }
  }

  public struct FetchTopic: FieldStruct {
    public var topic = ""
    public var topicID = UUID.zero
    public var partitions: [FetchPartition] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic, to: 12)
      try coder.field(&topicID, from: 13)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct FetchPartition: FieldStruct {
    public var partition: Int32 = 0
    public var currentLeaderEpoch: Int32 = -1
    public var fetchOffset: Int64 = 0
    public var lastFetchedEpoch: Int32 = -1
    public var logStartOffset: Int64 = -1
    public var partitionMaxBytes: Int32 = 0
    public var replicaDirectoryID = UUID.zero
    public var highWatermark: Int64 = .max

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partition)
      try coder.field(&currentLeaderEpoch, from: 9)
      try coder.field(&fetchOffset)
      try coder.field(&lastFetchedEpoch, from: 12)
      try coder.field(&logStartOffset, from: 5)
      try coder.field(&partitionMaxBytes)
      var tags = try coder.beginTags()
      try coder.tagged(0, &replicaDirectoryID, default: UUID.zero, from: 17, in: &tags)
      try coder.tagged(1, &highWatermark, default: .max, from: 18, in: &tags)
      try coder.endTags(tags)
    }
  }

  public struct ForgottenTopic: FieldStruct {
    public var topic = ""
    public var topicID = UUID.zero
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic, from: 7, to: 12)
      try coder.field(&topicID, from: 13)
      try coder.field(&partitions, from: 7)
      try coder.noTags()
    }
  }

  public typealias Response = FetchResponse

  public static let key = ApiKey.fetch
  public static let versions: ClosedRange<Int16> = 4...18
  public static let firstFlexibleVersion: Int16 = 12

  public var clusterID: String?
  public var replicaID: Int32 = -1
  public var replicaState = ReplicaState()
  public var maxWaitMs: Int32 = 0
  public var minBytes: Int32 = 0
  public var maxBytes: Int32 = .max
  public var isolationLevel: Int8 = 0
  public var sessionID: Int32 = 0
  public var sessionEpoch: Int32 = -1
  public var topics: [FetchTopic] = []
  public var forgottenTopicsData: [ForgottenTopic] = []
  public var rackID = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&replicaID, to: 14)
    try coder.field(&maxWaitMs)
    try coder.field(&minBytes)
    try coder.field(&maxBytes)
    try coder.field(&isolationLevel)
    try coder.field(&sessionID, from: 7)
    try coder.field(&sessionEpoch, from: 7)
    try coder.field(&topics)
    try coder.field(&forgottenTopicsData, from: 7)
    try coder.field(&rackID, from: 11)
    var tags = try coder.beginTags()
    try coder.tagged(0, &clusterID, default: nil, from: 12, in: &tags)
    try coder.tagged(1, &replicaState, default: ReplicaState(), from: 15, in: &tags)
    try coder.endTags(tags)
  }
}

/// Record batches; the last of a partition may be cut short.
public struct FetchResponse: ResponseMessage {
  public struct FetchableTopicResponse: FieldStruct {
    public var topic = ""
    public var topicID = UUID.zero
    public var partitions: [PartitionData] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topic, to: 12)
      try coder.field(&topicID, from: 13)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct PartitionData: FieldStruct {
    public var partitionIndex: Int32 = 0
    public var errorCode = ErrorCode.none
    public var highWatermark: Int64 = 0
    public var lastStableOffset: Int64 = -1
    public var logStartOffset: Int64 = -1
    public var divergingEpoch = EpochEndOffset()
    public var currentLeader = LeaderIDAndEpoch()
    public var snapshotID = SnapshotID()
    public var abortedTransactions: [AbortedTransaction]? = []
    public var preferredReadReplica: Int32 = -1
    public var records: RecordsPayload = .null

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&partitionIndex)
      try coder.field(&errorCode)
      try coder.field(&highWatermark)
      try coder.field(&lastStableOffset)
      try coder.field(&logStartOffset, from: 5)
      try coder.field(&abortedTransactions)
      try coder.field(&preferredReadReplica, from: 11)
      try coder.field(&records)
      var tags = try coder.beginTags()
      try coder.tagged(0, &divergingEpoch, default: EpochEndOffset(), from: 12, in: &tags)
      try coder.tagged(1, &currentLeader, default: LeaderIDAndEpoch(), from: 12, in: &tags)
      try coder.tagged(2, &snapshotID, default: SnapshotID(), from: 12, in: &tags)
      try coder.endTags(tags)
    }
  }

  public struct EpochEndOffset: FieldStruct {
    public var epoch: Int32 = -1
    public var endOffset: Int64 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&epoch, from: 12)
      try coder.field(&endOffset, from: 12)
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
      try coder.field(&leaderID, from: 12)
      try coder.field(&leaderEpoch, from: 12)
      try coder.noTags()
    }
  }

  public struct SnapshotID: FieldStruct {
    public var endOffset: Int64 = -1
    public var epoch: Int32 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&endOffset)
      try coder.field(&epoch)
      try coder.noTags()
    }
  }

  public struct AbortedTransaction: FieldStruct {
    public var producerID: Int64 = 0
    public var firstOffset: Int64 = 0

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&producerID)
      try coder.field(&firstOffset)
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
      try coder.field(&nodeID, from: 16)
      try coder.field(&host, from: 16)
      try coder.field(&port, from: 16)
      try coder.field(&rack, from: 16)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.fetch
  public static let versions: ClosedRange<Int16> = 4...18
  public static let firstFlexibleVersion: Int16 = 12

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var sessionID: Int32 = 0
  public var responses: [FetchableTopicResponse] = []
  public var nodeEndpoints: [NodeEndpoint] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&errorCode, from: 7)
    try coder.field(&sessionID, from: 7)
    try coder.field(&responses)
    var tags = try coder.beginTags()
    try coder.tagged(0, &nodeEndpoints, default: [], from: 16, in: &tags)
    try coder.endTags(tags)
  }
}
