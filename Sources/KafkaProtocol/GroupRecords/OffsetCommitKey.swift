/// The key of a committed offset in `__consumer_offsets`.
public struct OffsetCommitKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 0...1
  public static let firstFlexibleVersion: Int16 = .max

  public var group = ""
  public var topic = ""
  public var partition: Int32 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&group)
    try coder.field(&topic)
    try coder.field(&partition)
  }
}
