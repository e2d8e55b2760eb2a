extension ApiKey {
  /// Every request there is a description of.
  public static let requests: [any RequestMessage.Type] = [
    ProduceRequest.self, FetchRequest.self, ListOffsetsRequest.self, MetadataRequest.self, OffsetCommitRequest.self,
    OffsetFetchRequest.self, FindCoordinatorRequest.self, JoinGroupRequest.self, HeartbeatRequest.self,
    LeaveGroupRequest.self, SyncGroupRequest.self, DescribeGroupsRequest.self, ListGroupsRequest.self,
    ApiVersionsRequest.self, CreateTopicsRequest.self, DeleteTopicsRequest.self, InitProducerIDRequest.self,
    OffsetForLeaderEpochRequest.self, DescribeConfigsRequest.self, CreatePartitionsRequest.self,
    DeleteGroupsRequest.self,
    IncrementalAlterConfigsRequest.self, DescribeClusterRequest.self,
    ConsumerGroupHeartbeatRequest.self, ConsumerGroupDescribeRequest.self,
    DeleteRecordsRequest.self, AlterConfigsRequest.self, AlterReplicaLogDirsRequest.self, DescribeLogDirsRequest.self,
    ElectLeadersRequest.self, AlterPartitionReassignmentsRequest.self, ListPartitionReassignmentsRequest.self,
    OffsetDeleteRequest.self, DescribeProducersRequest.self, GetTelemetrySubscriptionsRequest.self,
    PushTelemetryRequest.self, ListConfigResourcesRequest.self, DescribeTopicPartitionsRequest.self,
  ]

  /// By number; nil where there is no description.
  private static let firstFlexibleVersions: [Int16?] = {
    let highest = requests.map { Int($0.key.rawValue) }.max() ?? 0
    var versions = [Int16?](repeating: nil, count: highest + 1)
    for request in requests { versions[Int(request.key.rawValue)] = request.firstFlexibleVersion }
    return versions
  }()

  /// From which version on requests have compact lengths and tagged fields; nil for an API nobody here knows.
  public var firstFlexibleVersion: Int16? {
    let versions = Self.firstFlexibleVersions
    return versions.indices.contains(Int(rawValue)) ? versions[Int(rawValue)] : nil
  }
}
