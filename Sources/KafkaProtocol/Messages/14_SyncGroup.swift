/// Hands in the assignments (the leader) and asks for one's own (every member).
public struct SyncGroupRequest: RequestMessage {
  public struct SyncGroupRequestAssignment: FieldStruct {
    public var memberID = ""
    public var assignment: [UInt8] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID)
      try coder.field(&assignment)
      try coder.noTags()
    }
  }

  public typealias Response = SyncGroupResponse

  public static let key = ApiKey.syncGroup
  public static let versions: ClosedRange<Int16> = 0...5
  public static let firstFlexibleVersion: Int16 = 4

  public var groupID = ""
  public var generationID: Int32 = 0
  public var memberID = ""
  public var groupInstanceID: String?
  public var protocolType: String?
  public var protocolName: String?
  public var assignments: [SyncGroupRequestAssignment] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&generationID)
    try coder.field(&memberID)
    try coder.field(&groupInstanceID, from: 3)
    try coder.field(&protocolType, from: 5)
    try coder.field(&protocolName, from: 5)
    try coder.field(&assignments)
    try coder.noTags()
  }
}

/// The member's assignment, in the format its protocol type has.
public struct SyncGroupResponse: ResponseMessage {
  public static let key = ApiKey.syncGroup
  public static let versions: ClosedRange<Int16> = 0...5
  public static let firstFlexibleVersion: Int16 = 4

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var protocolType: String?
  public var protocolName: String?
  public var assignment: [UInt8] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 1)
    try coder.field(&errorCode)
    try coder.field(&protocolType, from: 5)
    try coder.field(&protocolName, from: 5)
    try coder.field(&assignment)
    try coder.noTags()
  }
}
