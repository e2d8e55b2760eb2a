/// The key of a consumer group's epoch in `__consumer_offsets` (KIP-848).
public struct ConsumerGroupMetadataKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 3...3
  public static let firstFlexibleVersion: Int16 = .max

  public var groupID = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
  }
}
