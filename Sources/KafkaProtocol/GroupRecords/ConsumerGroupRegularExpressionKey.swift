/// The key of the topics that a regular expression of a consumer group matches (KIP-848).
public struct ConsumerGroupRegularExpressionKey: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 16...16
  public static let firstFlexibleVersion: Int16 = .max

  public var groupID = ""
  public var regularExpression = ""

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&groupID)
    try coder.field(&regularExpression)
  }
}
