/// A committed offset in `__consumer_offsets`.
public struct OffsetCommitValue: VersionedMessage {
  public static let versions: ClosedRange<Int16> = 0...4
  public static let firstFlexibleVersion: Int16 = 4

  public var offset: Int64 = 0
  public var leaderEpoch: Int32 = -1
  public var metadata = ""
  public var commitTimestamp: Int64 = 0
  public var expireTimestamp: Int64 = -1

  @inlinable
  public init() {}

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.field(&offset)
    try coder.field(&leaderEpoch, from: 3)
    try coder.field(&metadata)
    try coder.field(&commitTimestamp)
    try coder.field(&expireTimestamp, from: 1, to: 1)
    try coder.noTags()
  }
}
