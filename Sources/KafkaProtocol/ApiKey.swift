/// What a request asks for: the number in its header.
public struct ApiKey: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  public var rawValue: Int16

  @inlinable
  public init(rawValue: Int16) {
    self.rawValue = rawValue
  }

  public static let produce = ApiKey(rawValue: 0)
  public static let fetch = ApiKey(rawValue: 1)
  public static let listOffsets = ApiKey(rawValue: 2)
  public static let metadata = ApiKey(rawValue: 3)
  public static let offsetCommit = ApiKey(rawValue: 8)
  public static let offsetFetch = ApiKey(rawValue: 9)
  public static let findCoordinator = ApiKey(rawValue: 10)
  public static let joinGroup = ApiKey(rawValue: 11)
  public static let heartbeat = ApiKey(rawValue: 12)
  public static let leaveGroup = ApiKey(rawValue: 13)
  public static let syncGroup = ApiKey(rawValue: 14)
  public static let describeGroups = ApiKey(rawValue: 15)
  public static let listGroups = ApiKey(rawValue: 16)
  public static let apiVersions = ApiKey(rawValue: 18)
  public static let createTopics = ApiKey(rawValue: 19)
  public static let deleteTopics = ApiKey(rawValue: 20)
  public static let deleteRecords = ApiKey(rawValue: 21)
  public static let initProducerID = ApiKey(rawValue: 22)
  public static let offsetForLeaderEpoch = ApiKey(rawValue: 23)
  public static let describeConfigs = ApiKey(rawValue: 32)
  public static let alterConfigs = ApiKey(rawValue: 33)
  public static let alterReplicaLogDirs = ApiKey(rawValue: 34)
  public static let describeLogDirs = ApiKey(rawValue: 35)
  public static let createPartitions = ApiKey(rawValue: 37)
  public static let deleteGroups = ApiKey(rawValue: 42)
  public static let electLeaders = ApiKey(rawValue: 43)
  public static let incrementalAlterConfigs = ApiKey(rawValue: 44)
  public static let alterPartitionReassignments = ApiKey(rawValue: 45)
  public static let listPartitionReassignments = ApiKey(rawValue: 46)
  public static let offsetDelete = ApiKey(rawValue: 47)
  public static let describeCluster = ApiKey(rawValue: 60)
  public static let describeProducers = ApiKey(rawValue: 61)
  public static let consumerGroupHeartbeat = ApiKey(rawValue: 68)
  public static let consumerGroupDescribe = ApiKey(rawValue: 69)
  public static let getTelemetrySubscriptions = ApiKey(rawValue: 71)
  public static let pushTelemetry = ApiKey(rawValue: 72)
  public static let listConfigResources = ApiKey(rawValue: 74)
  public static let describeTopicPartitions = ApiKey(rawValue: 75)

  private static let names: [ApiKey: String] = [
    .produce: "Produce", .fetch: "Fetch", .listOffsets: "ListOffsets", .metadata: "Metadata",
    .offsetCommit: "OffsetCommit", .offsetFetch: "OffsetFetch", .findCoordinator: "FindCoordinator",
    .joinGroup: "JoinGroup", .heartbeat: "Heartbeat", .leaveGroup: "LeaveGroup", .syncGroup: "SyncGroup",
    .describeGroups: "DescribeGroups", .listGroups: "ListGroups", .apiVersions: "ApiVersions",
    .createTopics: "CreateTopics", .deleteTopics: "DeleteTopics", .initProducerID: "InitProducerId",
    .offsetForLeaderEpoch: "OffsetForLeaderEpoch", .describeConfigs: "DescribeConfigs",
    .createPartitions: "CreatePartitions", .deleteGroups: "DeleteGroups",
    .incrementalAlterConfigs: "IncrementalAlterConfigs", .describeCluster: "DescribeCluster",
    .consumerGroupHeartbeat: "ConsumerGroupHeartbeat", .consumerGroupDescribe: "ConsumerGroupDescribe",
    .deleteRecords: "DeleteRecords", .alterConfigs: "AlterConfigs", .alterReplicaLogDirs: "AlterReplicaLogDirs",
    .describeLogDirs: "DescribeLogDirs", .electLeaders: "ElectLeaders",
    .alterPartitionReassignments: "AlterPartitionReassignments",
    .listPartitionReassignments: "ListPartitionReassignments", .offsetDelete: "OffsetDelete",
    .describeProducers: "DescribeProducers", .getTelemetrySubscriptions: "GetTelemetrySubscriptions",
    .pushTelemetry: "PushTelemetry", .listConfigResources: "ListConfigResources",
    .describeTopicPartitions: "DescribeTopicPartitions",
  ]

  /// Kafka's name for it, or its number.
  public var description: String { Self.names[self] ?? "API \(rawValue)" }
}
