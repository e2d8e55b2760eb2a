import Base

/// An OffsetCommit request, whatever its version; the partitions are known to exist.
public struct OffsetCommitParameters: Sendable, Hashable {
  public struct Offset: Sendable, Hashable {
    public var partition: TopicPartition
    public var offset: Int64
    /// -1: not known.
    public var leaderEpoch: Int32
    public var metadata: String

    public init(_ partition: TopicPartition, offset: Int64, leaderEpoch: Int32 = -1, metadata: String = "") {
      self.partition = partition
      self.offset = offset
      self.leaderEpoch = leaderEpoch
      self.metadata = metadata
    }
  }

  public var groupID: String
  public var member: GroupMemberIdentity
  /// Negative: a client that assigns partitions to itself, or an operator.
  public var generation: Int32
  /// How long to keep the offsets; nil leaves it to the configuration (only versions 2–4 can say).
  public var retentionMs: Int64?
  public var offsets: [Offset]
  /// Whether the client knows the error for a group that does not exist (version 9 and later).
  public var knowsGroupIDNotFound: Bool

  public init(
    groupID: String, member: GroupMemberIdentity, generation: Int32, retentionMs: Int64? = nil, offsets: [Offset],
    knowsGroupIDNotFound: Bool = false
  ) {
    self.groupID = groupID
    self.member = member
    self.generation = generation
    self.retentionMs = retentionMs
    self.offsets = offsets
    self.knowsGroupIDNotFound = knowsGroupIDNotFound
  }
}
