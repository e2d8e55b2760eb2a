/// Asks for the state and members of classic groups.
public struct DescribeGroupsRequest: RequestMessage {
  public typealias Response = DescribeGroupsResponse

  public static let key = ApiKey.describeGroups
  public static let versions: ClosedRange<Int16> = 0...6
  public static let firstFlexibleVersion: Int16 = 5

  public var groups: [String] = []
  public var includeAuthorizedOperations = false

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groups)
    try coder.field(&includeAuthorizedOperations, from: 3)
    try coder.noTags()
  }
}

/// The groups.
public struct DescribeGroupsResponse: ResponseMessage {
  /// Where Kafka's own tags, which count from 0, will hardly get.
  @usableFromInline static let rebalancesTag: UInt32 = 1_000_000

  public struct DescribedGroup: FieldStruct {
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var groupID = ""
    public var groupState = ""
    public var protocolType = ""
    public var protocolData = ""
    public var members: [DescribedGroupMember] = []
    public var authorizedOperations: Int32 = -2147483648
    /// Why it last rebalanced, newest last: this broker's own addition, a tagged field that others skip.
    public var rebalances: [Rebalance] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&errorCode)
      try coder.field(&errorMessage, from: 6)
      try coder.field(&groupID)
      try coder.field(&groupState)
      try coder.field(&protocolType)
      try coder.field(&protocolData)
      try coder.field(&members)
      try coder.field(&authorizedOperations, from: 3)
      var tags = try coder.beginTags()
      try coder.tagged(rebalancesTag, &rebalances, default: [], from: 5, in: &tags)
      try coder.endTags(tags)
    }
  }

  public struct Rebalance: FieldStruct {
    /// Milliseconds since 1970-01-01 UTC.
    public var timestampMs: Int64 = -1
    /// The generation that ended.
    public var generationID: Int32 = -1
    public var memberID = ""
    public var groupInstanceID: String?
    public var clientID = ""
    public var clientHost = ""
    /// What the member did, in words that follow its name.
    public var cause = ""
    /// What the client said about it.
    public var clientReason: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&timestampMs)
      try coder.field(&generationID)
      try coder.field(&memberID)
      try coder.field(&groupInstanceID)
      try coder.field(&clientID)
      try coder.field(&clientHost)
      try coder.field(&cause)
      try coder.field(&clientReason)
      try coder.noTags()
    }
  }

  public struct DescribedGroupMember: FieldStruct {
    public var memberID = ""
    public var groupInstanceID: String?
    public var clientID = ""
    public var clientHost = ""
    public var memberMetadata: [UInt8] = []
    public var memberAssignment: [UInt8] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID)
      try coder.field(&groupInstanceID, from: 4)
      try coder.field(&clientID)
      try coder.field(&clientHost)
      try coder.field(&memberMetadata)
      try coder.field(&memberAssignment)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.describeGroups
  public static let versions: ClosedRange<Int16> = 0...6
  public static let firstFlexibleVersion: Int16 = 5

  public var throttleTimeMs: Int32 = 0
  public var groups: [DescribedGroup] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 1)
    try coder.field(&groups)
    try coder.noTags()
  }
}
