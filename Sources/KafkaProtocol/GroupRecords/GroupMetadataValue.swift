/// A classic group's state in `__consumer_offsets`: one record a generation.
public struct GroupMetadataValue: VersionedMessage {
  public struct MemberMetadata: FieldStruct {
    public var memberID = ""
    public var groupInstanceID: String?
    public var clientID = ""
    public var clientHost = ""
    public var rebalanceTimeout: Int32 = -1
    public var sessionTimeout: Int32 = 0
    public var subscription: [UInt8] = []
    public var assignment: [UInt8] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&memberID)
      try coder.field(&groupInstanceID, from: 3)
      try coder.field(&clientID)
      try coder.field(&clientHost)
      try coder.field(&rebalanceTimeout, from: 1)
      try coder.field(&sessionTimeout)
      try coder.field(&subscription)
      try coder.field(&assignment)
      try coder.noTags()
    }
  }

  public static let versions: ClosedRange<Int16> = 0...4
  public static let firstFlexibleVersion: Int16 = 4

  public var protocolType = ""
  public var generation: Int32 = 0
  public var `protocol`: String? = ""
  public var leader: String? = ""
  public var currentStateTimestamp: Int64 = -1
  public var members: [MemberMetadata] = []

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&protocolType)
    try coder.field(&generation)
    try coder.field(&`protocol`)
    try coder.field(&leader)
    try coder.field(&currentStateTimestamp, from: 2)
    try coder.field(&members)
    try coder.noTags()
  }
}
