/// Takes members out of a group: one to version 2, many from 3 on (KIP-345).
public struct LeaveGroupRequest: RequestMessage {
  public struct MemberIdentity: FieldStruct {
    public var memberID = ""
    public var groupInstanceID: String?
    public var reason: String?

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID, from: 3)
      try coder.field(&groupInstanceID, from: 3)
      try coder.field(&reason, from: 5)
      try coder.noTags()
    }
  }

  public typealias Response = LeaveGroupResponse

  public static let key = ApiKey.leaveGroup
  public static let versions: ClosedRange<Int16> = 0...5
  public static let firstFlexibleVersion: Int16 = 4

  public var groupID = ""
  public var memberID = ""
  public var members: [MemberIdentity] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&memberID, to: 2)
    try coder.field(&members, from: 3)
    try coder.noTags()
  }
}

/// Whether each of them was one.
public struct LeaveGroupResponse: ResponseMessage {
  public struct MemberResponse: FieldStruct {
    public var memberID = ""
    public var groupInstanceID: String? = ""
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID, from: 3)
      try coder.field(&groupInstanceID, from: 3)
      try coder.field(&errorCode, from: 3)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.leaveGroup
  public static let versions: ClosedRange<Int16> = 0...5
  public static let firstFlexibleVersion: Int16 = 4

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var members: [MemberResponse] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 1)
    try coder.field(&errorCode)
    try coder.field(&members, from: 3)
    try coder.noTags()
  }
}
