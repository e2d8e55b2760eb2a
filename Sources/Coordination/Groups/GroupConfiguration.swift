/// What an operator sets for groups (Kafka's names in the comments), and the bounds on what clients can make grow.
public struct GroupConfiguration: Sendable, Hashable {
  /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members after the first.
  public var initialRebalanceDelayMs: Int32 = 3000
  /// `group.min.session.timeout.ms`
  public var minSessionTimeoutMs: Int32 = 6000
  /// `group.max.session.timeout.ms`
  public var maxSessionTimeoutMs: Int32 = 1_800_000
  /// `group.max.size`. Kafka's default is no limit; nothing here grows without one.
  public var maxSize: Int = 5000
  /// `group.consumer.session.timeout.ms`: how long a member of the next-generation protocol may be silent.
  public var consumerSessionTimeoutMs: Int32 = 45_000
  /// `group.consumer.heartbeat.interval.ms`: how often it is told to be heard of.
  public var consumerHeartbeatIntervalMs: Int32 = 5000
  /// `group.consumer.max.size`
  public var consumerMaxSize: Int = 5000
  /// How long a member that has never had a generation may wait in JoinGroup before it must ask again.
  public var newMemberJoinTimeoutMs: Int32 = 300_000
  /// `offset.metadata.max.bytes`
  public var offsetMetadataMaxBytes: Int = 4096
  /// `offsets.retention.minutes`, here in milliseconds.
  public var offsetsRetentionMs: Int64 = 7 * 24 * 60 * 60_000
  /// `offsets.retention.check.interval.ms`
  public var offsetsRetentionCheckIntervalMs: Int64 = 600_000

  /// Bytes of a group id.
  public var groupIDByteLimit = 1024
  /// Bytes kept of what else a client calls itself; a longer instance id is refused, a client id is cut.
  public var clientNameByteLimit = 255
  /// Groups of one coordinator.
  public var groupLimit = 5000
  /// Bytes of all that the members of one coordinator's groups sent and were assigned.
  public var memberByteLimit = 16 << 20
  /// Committed offsets of one coordinator, and bytes of what clients remember with them.
  public var offsetLimit = 100_000
  public var offsetMetadataByteLimit = 8 << 20

  public init() {}
}
