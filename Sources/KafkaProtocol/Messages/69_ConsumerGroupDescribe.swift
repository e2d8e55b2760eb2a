import Base

/// Asks for the state and members of groups of the next-generation protocol (KIP-848).
public struct ConsumerGroupDescribeRequest: RequestMessage {
  public typealias Response = ConsumerGroupDescribeResponse

  public static let key = ApiKey.consumerGroupDescribe
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var groupIDs: [String] = []
  public var includeAuthorizedOperations = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupIDs)
    try coder.field(&includeAuthorizedOperations)
    try coder.noTags()
  }
}

/// The groups.
public struct ConsumerGroupDescribeResponse: ResponseMessage {
  public struct DescribedGroup: FieldStruct {
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var groupID = ""
    public var groupState = ""
    public var groupEpoch: Int32 = 0
    public var assignmentEpoch: Int32 = 0
    public var assignorName = ""
    public var members: [Member] = []
    public var authorizedOperations: Int32 = -2147483648
    /// Why it last rebalanced, newest last: this broker's own addition, a tagged field that others skip.
    public var rebalances: [DescribeGroupsResponse.Rebalance] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&errorMessage)
      try coder.field(&groupID)
      try coder.field(&groupState)
      try coder.field(&groupEpoch)
      try coder.field(&assignmentEpoch)
      try coder.field(&assignorName)
      try coder.field(&members)
      try coder.field(&authorizedOperations)
      var tags = try coder.beginTags()
      try coder.tagged(DescribeGroupsResponse.rebalancesTag, &rebalances, default: [], from: 0, in: &tags)
      try coder.endTags(tags)
    }
  }

  public struct Member: FieldStruct {
    public var memberID = ""
    public var instanceID: String?
    public var rackID: String?
    public var memberEpoch: Int32 = 0
    public var clientID = ""
    public var clientHost = ""
    public var subscribedTopicNames: [String] = []
    public var subscribedTopicRegex: String?
    public var assignment = Assignment()
    public var targetAssignment = Assignment()
    public var memberType: Int8 = -1

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID)
      try coder.field(&instanceID)
      try coder.field(&rackID)
      try coder.field(&memberEpoch)
      try coder.field(&clientID)
      try coder.field(&clientHost)
      try coder.field(&subscribedTopicNames)
      try coder.field(&subscribedTopicRegex)
      try coder.field(&assignment)
      try coder.field(&targetAssignment)
      try coder.field(&memberType, from: 1)
      try coder.noTags()
    }
  }

  public struct TopicPartitions: FieldStruct {
    public var topicID = UUID.zero
    public var topicName = ""
    public var partitions: [Int32] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicID)
      try coder.field(&topicName)
      try coder.field(&partitions)
      try coder.noTags()
    }
  }

  public struct Assignment: FieldStruct {
    public var topicPartitions: [TopicPartitions] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&topicPartitions)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.consumerGroupDescribe
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = 0

  public var throttleTimeMs: Int32 = 0
  public var groups: [DescribedGroup] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&groups)
    try coder.noTags()
  }
}
