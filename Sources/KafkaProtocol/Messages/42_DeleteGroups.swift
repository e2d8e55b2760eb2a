/// Deletes groups that have no members (KIP-229).
public struct DeleteGroupsRequest: RequestMessage {
  public typealias Response = DeleteGroupsResponse

  public static let key = ApiKey.deleteGroups
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var groupsNames: [String] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupsNames)
    try coder.noTags()
  }
}

/// What became of each group.
public struct DeleteGroupsResponse: ResponseMessage {
  public struct DeletableGroupResult: FieldStruct {
    public var groupID = ""
    public var errorCode = ErrorCode.none

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&groupID)
      try coder.field(&errorCode)
      try coder.noTags()
    }
  }

  public static let key = ApiKey.deleteGroups
  public static let versions: ClosedRange<Int16> = 0...2
  public static let firstFlexibleVersion: Int16 = 2

  public var throttleTimeMs: Int32 = 0
  public var results: [DeletableGroupResult] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&throttleTimeMs)
    try coder.field(&results)
    try coder.noTags()
  }
}
