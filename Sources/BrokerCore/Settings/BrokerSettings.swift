/// The settings of a broker, understood. Kafka's name of each stands in `BrokerSetting.all`.
public struct BrokerSettings: Sendable, Hashable {
  public internal(set) var nodeID: Int64 = 1
  public internal(set) var listeners = "127.0.0.1:9092"
  public internal(set) var advertisedListeners: String?
  public internal(set) var dataDirectory = "/var/lib/splashdam/broker"

  public internal(set) var eventLoopCount: Int64 = 0
  public internal(set) var diskThreadCount: Int64 = 4
  public internal(set) var recoveryThreadCount: Int64 = 2
  public internal(set) var requestByteLimit: Int64 = 100 << 20
  public internal(set) var queuedRequestByteLimit: Int64 = 512 << 20
  public internal(set) var connectionLimit: Int64 = 20_000
  public internal(set) var connectionIdleMilliseconds: Int64 = 600_000
  public internal(set) var fetchByteLimit: Int64 = 55 << 20
  public internal(set) var fetchSessionLimit: Int64 = 1000
  public internal(set) var partitionLimit: Int64 = 100_000

  public internal(set) var partitionCount: Int64 = 1
  public internal(set) var createsTopicsOnUse = true
  public internal(set) var allowsTopicDeletion = true
  public internal(set) var replicationFactor: Int64 = 1
  public internal(set) var recordValidation = RecordValidation.full

  var retentionMilliseconds: Int64?
  var retentionMinutes: Int64?
  var retentionHours: Int64 = 336
  var rollMilliseconds: Int64?
  var rollHours: Int64 = 168
  public internal(set) var retentionCheckMilliseconds: Int64 = 300_000
  public internal(set) var checkpointMilliseconds: Int64 = 60_000
  public internal(set) var compactionCheckMilliseconds: Int64 = 15_000
  public internal(set) var compactionKeyBytes: Int64 = 64 << 20
  public internal(set) var flushCheckMilliseconds: Int64 = 1000
  public internal(set) var diskCheckMilliseconds: Int64 = 1000
  public internal(set) var diskReserveBytes: Int64 = -1
  public internal(set) var diskBudgetBytes: Int64 = -1
  public internal(set) var diskBudgetPercent: Int64 = 0
  public internal(set) var producerIDExpirationMilliseconds: Int64 = 86_400_000

  public internal(set) var groupMinSessionTimeoutMilliseconds: Int64 = 6000
  public internal(set) var groupMaxSessionTimeoutMilliseconds: Int64 = 1_800_000
  public internal(set) var groupInitialRebalanceDelayMilliseconds: Int64 = 3000
  public internal(set) var groupMemberLimit: Int64 = 5000
  public internal(set) var groupConsumerSessionTimeoutMilliseconds: Int64 = 45_000
  public internal(set) var groupConsumerHeartbeatIntervalMilliseconds: Int64 = 5000
  public internal(set) var groupConsumerMemberLimit: Int64 = 5000
  public internal(set) var offsetsPartitionCount: Int64 = 50
  public internal(set) var offsetsSegmentBytes: Int64 = 16 << 20
  public internal(set) var offsetsRetentionMinutes: Int64 = 10_080
  public internal(set) var offsetsRetentionCheckMilliseconds: Int64 = 600_000
  public internal(set) var offsetMetadataByteLimit: Int64 = 4096

  /// What topics have that do not say otherwise.
  public internal(set) var topicDefaults = TopicConfiguration()

  init() {}
}
