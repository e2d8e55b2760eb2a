/// How far a group has come in one partition.
public struct CommittedOffset: Sendable, Hashable {
  /// The next offset to read.
  public var offset: Int64
  /// -1: not known.
  public var leaderEpoch: Int32
  /// Whatever the client wants to remember.
  public var metadata: String
  /// Milliseconds since 1970-01-01 UTC.
  public var commitTimestamp: Int64
  /// When it goes, in the same unit, where the client said so (OffsetCommit 2–4); nil leaves it to the configuration.
  public var expireTimestamp: Int64?

  public init(
    offset: Int64, leaderEpoch: Int32 = -1, metadata: String = "", commitTimestamp: Int64, expireTimestamp: Int64? = nil
  ) {
    self.offset = offset
    self.leaderEpoch = leaderEpoch
    self.metadata = metadata
    self.commitTimestamp = commitTimestamp
    self.expireTimestamp = expireTimestamp
  }
}
