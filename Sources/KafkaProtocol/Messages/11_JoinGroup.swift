/// Asks to be a member of the next generation of a classic group. From version 4 on a new member first gets an id and
/// asks again with it (KIP-394); `groupInstanceID` makes it static (KIP-345).
public struct JoinGroupRequest: RequestMessage {
  public struct JoinGroupRequestProtocol: FieldStruct {
    public var name = ""
    public var metadata: [UInt8] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&name)
      try coder.field(&metadata)
      try coder.noTags()
    }
  }

  public typealias Response = JoinGroupResponse

  public static let key = ApiKey.joinGroup
  public static let versions: ClosedRange<Int16> = 0...9
  public static let firstFlexibleVersion: Int16 = 6

  public var groupID = ""
  public var sessionTimeoutMs: Int32 = 0
  public var rebalanceTimeoutMs: Int32 = -1
  public var memberID = ""
  public var groupInstanceID: String?
  public var protocolType = ""
  public var protocols: [JoinGroupRequestProtocol] = []
  public var reason: String?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&sessionTimeoutMs)
    try coder.field(&rebalanceTimeoutMs, from: 1)
    try coder.field(&memberID)
    try coder.field(&groupInstanceID, from: 5)
    try coder.field(&protocolType)
    try coder.field(&protocols)
    try coder.field(&reason, from: 8)
    try coder.noTags()
  }
}

/// The generation that came about; its leader also gets the members' metadata, to assign from.
public struct JoinGroupResponse: ResponseMessage {
  public struct JoinGroupResponseMember: FieldStruct {
    public var memberID = ""
    public var groupInstanceID: String?
    public var metadata: [UInt8] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID)
      try coder.field(&groupInstanceID, from: 5)
      try coder.field(&metadata)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.joinGroup
  public static let versions: ClosedRange<Int16> = 0...9
  public static let firstFlexibleVersion: Int16 = 6

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var generationID: Int32 = -1
  public var protocolType: String?
  public var protocolName: String? = ""
  public var leader = ""
  public var skipAssignment = false
  public var memberID = ""
  public var members: [JoinGroupResponseMember] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 2)
    try coder.field(&errorCode)
    try coder.field(&generationID)
    try coder.field(&protocolType, from: 7)
    try coder.field(&protocolName)
    try coder.field(&leader)
    try coder.field(&skipAssignment, from: 9)
    try coder.field(&memberID)
    try coder.field(&members)
    try coder.noTags()
  }
}
