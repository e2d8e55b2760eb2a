/// Tells the coordinator that a member is alive.
public struct HeartbeatRequest: RequestMessage {
  public typealias Response = HeartbeatResponse

  public static let key = ApiKey.heartbeat
  public static let versions: ClosedRange<Int16> = 0...4
  public static let firstFlexibleVersion: Int16 = 4

  public var groupID = ""
  public var generationID: Int32 = 0
  public var memberID = ""
  public var groupInstanceID: String?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&generationID)
    try coder.field(&memberID)
    try coder.field(&groupInstanceID, from: 3)
    try coder.noTags()
  }
}

/// Whether the member has to do anything.
public struct HeartbeatResponse: ResponseMessage {
  public static let key = ApiKey.heartbeat
  public static let versions: ClosedRange<Int16> = 0...4
  public static let firstFlexibleVersion: Int16 = 4

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 1)
    try coder.field(&errorCode)
    try coder.noTags()
  }
}
