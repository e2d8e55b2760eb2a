/// Asks for all groups, of given states (KIP-518) and types (KIP-848).
public struct ListGroupsRequest: RequestMessage {
  public typealias Response = ListGroupsResponse

  public static let key = ApiKey.listGroups
  public static let versions: ClosedRange<Int16> = 0...5
  public static let firstFlexibleVersion: Int16 = 3

  public var statesFilter: [String] = []
  public var typesFilter: [String] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&statesFilter, from: 4)
    try coder.field(&typesFilter, from: 5)
    try coder.noTags()
  }
}

/// The groups this broker coordinates.
public struct ListGroupsResponse: ResponseMessage {
  public struct ListedGroup: FieldStruct {
    public var groupID = ""
    public var protocolType = ""
    public var groupState = ""
    public var groupType = ""

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&groupID)
      try coder.field(&protocolType)
      try coder.field(&groupState, from: 4)
      try coder.field(&groupType, from: 5)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.listGroups
  public static let versions: ClosedRange<Int16> = 0...5
  public static let firstFlexibleVersion: Int16 = 3

  public var throttleTimeMs: Int32 = 0
  public var errorCode = ErrorCode.none
  public var groups: [ListedGroup] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs, from: 1)
    try coder.field(&errorCode)
    try coder.field(&groups)
    try coder.noTags()
  }
}
