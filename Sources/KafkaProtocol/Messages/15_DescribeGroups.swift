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
  public struct DescribedGroup: FieldStruct {
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var groupID = ""
    public var groupState = ""
    public var protocolType = ""
    public var protocolData = ""
    public var members: [DescribedGroupMember] = []
    public var authorizedOperations: Int32 = -2147483648

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
