import Base
import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func offsetDelete(
    _ context: RequestContext, _ request: OffsetDeleteRequest
  ) throws(ProtocolError) -> RequestProgress {
    let plan = OffsetDeletePlan(request, broker.topics)
    guard !plan.partitions.isEmpty else { return try reply(context, plan.response) }
    guard let shard = broker.groups.shard(of: request.groupID) else {
      var response = OffsetDeleteResponse()
      response.errorCode = .notCoordinator
      return try reply(context, response)
    }
    return ask(
      shard, context, refusal: nil, .pipelined,
      respond: { answer throws(ProtocolError) in
        guard case .offsetDelete(let answer) = answer else { return nil }
        return try context.frame(plan.response(answer))
      },
      { $0.deleteOffsets(request.groupID, plan.partitions, request: $1, now: context.now) })
  }
}

/// The partitions of a request that exist, and where in the answer their errors belong.
private struct OffsetDeletePlan: Sendable {
  private(set) var response = OffsetDeleteResponse()
  private(set) var partitions: [TopicPartition] = []
  private var places: [(topic: Int, partition: Int)] = []

  init<Files: FileSystem>(_ request: OffsetDeleteRequest, _ topics: TopicRegistry<Files>) {
    for topic in request.topics {
      var answered = OffsetDeleteResponse.OffsetDeleteResponseTopic()
      answered.name = topic.name
      let known = topics.topic(named: topic.name)
      for partition in topic.partitions {
        var result = OffsetDeleteResponse.OffsetDeleteResponsePartition()
        result.partitionIndex = partition.partitionIndex
        if known?.partition(partition.partitionIndex) != nil {
          places.append((response.topics.count, answered.partitions.count))
          partitions.append(TopicPartition(topic.name, partition.partitionIndex))
        } else {
          result.errorCode = .unknownTopicOrPartition
        }
        answered.partitions.append(result)
      }
      response.topics.append(answered)
    }
  }

  /// The answer with the coordinator's errors in their places, or the one error that takes the place of all.
  func response(_ reply: OffsetDeleteReply) -> OffsetDeleteResponse {
    var response = response
    guard reply.error == .none else {
      response.errorCode = reply.error
      response.topics = []
      return response
    }
    for (place, error) in zip(places, reply.partitions) {
      response.topics[place.topic].partitions[place.partition].errorCode = error
    }
    return response
  }
}
