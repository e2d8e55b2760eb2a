/// What a member of a consumer group said of itself (KIP-848).
public struct ConsumerGroupMemberMetadataValue: VersionedMessage {
  public struct ClassicMemberMetadata: FieldStruct {
    public var sessionTimeoutMs: Int32 = 0
    public var supportedProtocols: [ClassicProtocol] = []

    @inlinable
    public init() {}

    @inlinable
    public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
      try coder.field(&sessionTimeoutMs)
      try coder.field(&supportedProtocols)
      try coder.noTags()
    }
  }

  public struct ClassicProtocol: FieldStruct {
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

  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var instanceID: String? = ""
  public var rackID: String? = ""
  public var clientID = ""
  public var clientHost = ""
  public var subscribedTopicNames: [String] = []
  public var subscribedTopicRegex: String? = ""
  public var rebalanceTimeoutMs: Int32 = -1
  public var serverAssignor: String? = ""
  public var classicMemberMetadata: ClassicMemberMetadata?

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&instanceID)
    try coder.field(&rackID)
    try coder.field(&clientID)
    try coder.field(&clientHost)
    try coder.field(&subscribedTopicNames)
    try coder.field(&subscribedTopicRegex)
    try coder.field(&rebalanceTimeoutMs)
    try coder.field(&serverAssignor)
    var tags = try coder.beginTags()
    try coder.tagged(0, &classicMemberMetadata, default: nil, from: 0, in: &tags)
    try coder.endTags(tags)
  }
}
