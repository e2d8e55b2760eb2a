/// The key of a classic group's state in `__consumer_offsets`.
public struct GroupMetadataKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 2...2
  public static let firstFlexibleVersion: Int16 = .max

  public var group = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&group)
  }
}
