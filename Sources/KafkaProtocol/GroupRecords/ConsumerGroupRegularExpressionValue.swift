/// The topics that a regular expression of a consumer group matches (KIP-848).
public struct ConsumerGroupRegularExpressionValue: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 0...0
  public static let firstFlexibleVersion: Int16 = 0

  public var topics: [String] = []
  public var version: Int64 = 0
  public var timestamp: Int64 = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&topics)
    try coder.field(&version)
    try coder.field(&timestamp)
    try coder.noTags()
  }
}
