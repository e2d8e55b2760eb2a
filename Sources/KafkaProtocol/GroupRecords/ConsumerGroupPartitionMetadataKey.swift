/// The key of the topics that a consumer group reads (KIP-848).
public struct ConsumerGroupPartitionMetadataKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 4...4
  public static let firstFlexibleVersion: Int16 = .max

  public var groupID = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
  }
}
