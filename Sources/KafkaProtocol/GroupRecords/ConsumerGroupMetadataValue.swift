/// A consumer group's epoch in `__consumer_offsets` (KIP-848).
public struct ConsumerGroupMetadataValue: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var epoch: Int32 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&epoch)
    try coder.noTags()
  }
}
