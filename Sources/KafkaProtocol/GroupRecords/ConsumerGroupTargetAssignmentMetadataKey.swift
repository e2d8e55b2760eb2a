/// The key of the epoch of a consumer group's target assignment (KIP-848).
public struct ConsumerGroupTargetAssignmentMetadataKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 6...6
  public static let firstFlexibleVersion: Int16 = .max

  public var groupID = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
  }
}
