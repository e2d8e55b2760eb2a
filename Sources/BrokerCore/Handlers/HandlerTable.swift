import Base
import KafkaProtocol

/// Which APIs there are: what is here is served and shown by ApiVersions, nothing else.
struct HandlerTable<Files: FileSystem>: Sendable {
  /// By key.
  private let handlers: [Handler<Files>?]

  init() {
    var handlers = [Handler<Files>?](repeating: nil, count: 128)
    for handler in Self.all { handlers[Int(handler.key.rawValue)] = handler }
    self.handlers = handlers
  }

  subscript(key: ApiKey) -> Handler<Files>? {
    handlers.indices.contains(Int(key.rawValue)) ? handlers[Int(key.rawValue)] : nil
  }

  /// By key.
  var present: [Handler<Files>] { handlers.compactMap { $0 } }

  private static var all: [Handler<Files>] {
    [
      // Versions 0 to 2 are shown but not taken: librdkafka turns lz4 off where they are missing (KAFKA-18659).
      Handler(ProduceRequest.self, advertised: 0...13) { (processor, context, request) throws(ProtocolError) in
        try processor.produce(context, request)
      },
      Handler(FetchRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.fetch(context, request)
      },
      Handler(ListOffsetsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.listOffsets(context, request)
      },
      Handler(MetadataRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.metadata(context, request)
      },
      Handler(OffsetCommitRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.offsetCommit(context, request)
      },
      Handler(OffsetFetchRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.offsetFetch(context, request)
      },
      Handler(FindCoordinatorRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.findCoordinator(context, request)
      },
      Handler(JoinGroupRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.joinGroup(context, request)
      },
      Handler(HeartbeatRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.heartbeat(context, request)
      },
      Handler(LeaveGroupRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.leaveGroup(context, request)
      },
      Handler(SyncGroupRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.syncGroup(context, request)
      },
      Handler(DescribeGroupsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.describeGroups(context, request)
      },
      Handler(ListGroupsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.listGroups(context, request)
      },
      Handler(ApiVersionsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.apiVersions(context, request)
      },
      Handler(CreateTopicsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.createTopics(context, request)
      },
      Handler(DeleteTopicsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.deleteTopics(context, request)
      },
      Handler(InitProducerIDRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.initProducerID(context, request)
      },
      Handler(OffsetForLeaderEpochRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.offsetForLeaderEpoch(context, request)
      },
      Handler(DescribeConfigsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.describeConfigs(context, request)
      },
      Handler(CreatePartitionsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.createPartitions(context, request)
      },
      Handler(DeleteGroupsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.deleteGroups(context, request)
      },
      Handler(IncrementalAlterConfigsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.incrementalAlterConfigs(context, request)
      },
      Handler(DescribeClusterRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.describeCluster(context, request)
      },
      Handler(ConsumerGroupHeartbeatRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.consumerGroupHeartbeat(context, request)
      },
      Handler(ConsumerGroupDescribeRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.consumerGroupDescribe(context, request)
      },
      Handler(DeleteRecordsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.deleteRecords(context, request)
      },
      Handler(AlterConfigsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.alterConfigs(context, request)
      },
      Handler(AlterReplicaLogDirsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.alterReplicaLogDirs(context, request)
      },
      Handler(DescribeLogDirsRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.describeLogDirs(context, request)
      },
      Handler(ElectLeadersRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.electLeaders(context, request)
      },
      Handler(AlterPartitionReassignmentsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.alterPartitionReassignments(context, request)
      },
      Handler(ListPartitionReassignmentsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.listPartitionReassignments(context, request)
      },
      Handler(OffsetDeleteRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.offsetDelete(context, request)
      },
      Handler(DescribeProducersRequest.self) { (processor, context, request) throws(ProtocolError) in
        processor.describeProducers(context, request)
      },
      // As with a broker without a metrics plugin, clients are not told of telemetry, and those that ask are answered.
      Handler(GetTelemetrySubscriptionsRequest.self, isAdvertised: false) {
        (processor, context, request) throws(ProtocolError) in
        try processor.getTelemetrySubscriptions(context, request)
      },
      Handler(PushTelemetryRequest.self, isAdvertised: false) { (processor, context, request) throws(ProtocolError) in
        try processor.pushTelemetry(context, request)
      },
      Handler(ListConfigResourcesRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.listConfigResources(context, request)
      },
      Handler(DescribeTopicPartitionsRequest.self) { (processor, context, request) throws(ProtocolError) in
        try processor.describeTopicPartitions(context, request)
      },
    ]
  }
}
