/// The group epoch from which a consumer group's target assignment was computed (KIP-848).
public struct ConsumerGroupTargetAssignmentMetadataValue: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var assignmentEpoch: Int32 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&assignmentEpoch)
    try coder.noTags()
  }
}
