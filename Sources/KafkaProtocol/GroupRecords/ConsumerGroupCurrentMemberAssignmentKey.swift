/// The key of what a member of a consumer group has (KIP-848).
public struct ConsumerGroupCurrentMemberAssignmentKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 8...8
  public static let firstFlexibleVersion: Int16 = .max

  public var groupID = ""
  public var memberID = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&memberID)
  }
}
