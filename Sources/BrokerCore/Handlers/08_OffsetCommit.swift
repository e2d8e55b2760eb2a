import Base
import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func offsetCommit(
    _ context: RequestContext, _ request: OffsetCommitRequest
  ) throws(ProtocolError) -> RequestProgress {
    var plan = OffsetCommitPlan(request, version: context.version, broker.topics)
    guard let shard = broker.groups.shard(of: request.groupID) else {
      plan.fill(Array(repeating: .notCoordinator, count: plan.offsets.count))
      return try reply(context, plan.response)
    }
    guard !plan.offsets.isEmpty else { return try reply(context, plan.response) }
    let parameters = OffsetCommitParameters(
      groupID: request.groupID,
      member: GroupMemberIdentity(memberID: request.memberID, instanceID: request.groupInstanceID),
      generation: request.generationIDOrMemberEpoch,
      retentionMs: request.retentionTimeMs < 0 ? nil : request.retentionTimeMs, offsets: plan.offsets,
      knowsGroupIDNotFound: context.version >= 9)
    let planned = plan
    return ask(
      shard, context, refusal: nil, .pipelined,
      respond: { answer throws(ProtocolError) in
        guard case .offsetCommit(let errors) = answer else { return nil }
        var plan = planned
        plan.fill(errors)
        return try context.frame(plan.response)
      },
      { $0.commitOffsets(parameters, request: $1, now: context.now) })
  }
}

/// The offsets of a request that can be committed, and where in the answer their errors belong.
private struct OffsetCommitPlan: Sendable {
  private(set) var response = OffsetCommitResponse()
  private(set) var offsets: [OffsetCommitParameters.Offset] = []
  private var places: [(topic: Int, partition: Int)] = []

  init<Files: FileSystem>(_ request: OffsetCommitRequest, version: Int16, _ topics: TopicRegistry<Files>) {
    for topic in request.topics {
      var answered = OffsetCommitResponse.OffsetCommitResponseTopic()
      answered.name = topic.name
      answered.topicID = topic.topicID
      let usesID = version >= 10
      let known = usesID ? topics.topic(withID: topic.topicID) : topics.topic(named: topic.name)
      for partition in topic.partitions {
        var result = OffsetCommitResponse.OffsetCommitResponsePartition()
        result.partitionIndex = partition.partitionIndex
        if let known, known.partition(partition.partitionIndex) != nil {
          places.append((response.topics.count, answered.partitions.count))
          offsets.append(
            OffsetCommitParameters.Offset(
              TopicPartition(known.name, partition.partitionIndex), offset: partition.committedOffset,
              leaderEpoch: partition.committedLeaderEpoch, metadata: partition.committedMetadata ?? ""))
        } else {
          result.errorCode = known == nil && usesID ? .unknownTopicID : .unknownTopicOrPartition
        }
        answered.partitions.append(result)
      }
      response.topics.append(answered)
    }
  }

  /// Puts the coordinator's errors in their places.
  mutating func fill(_ errors: [ErrorCode]) {
    for (place, error) in zip(places, errors) {
      response.topics[place.topic].partitions[place.partition].errorCode = error
    }
  }
}
