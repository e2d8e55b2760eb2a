import Base
import Coordination
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func consumerGroupHeartbeat(
    _ context: RequestContext, _ request: ConsumerGroupHeartbeatRequest
  ) throws(ProtocolError) -> RequestProgress {
    guard let shard = broker.groups.shard(of: request.groupID) else {
      return try reply(context, ConsumerGroupHeartbeatResponse(ConsumerHeartbeatReply(error: .notCoordinator)))
    }
    let parameters = ConsumerHeartbeatParameters(request, context)
    return ask(
      shard, context, refusal: nil,
      respond: { answer throws(ProtocolError) in
        guard case .consumerHeartbeat(let heard) = answer else { return nil }
        return try context.frame(ConsumerGroupHeartbeatResponse(heard))
      },
      { $0.consumerHeartbeat(parameters, request: $1, now: context.now) })
  }
}

extension ConsumerHeartbeatParameters {
  fileprivate init(_ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext) {
    self.init(
      groupID: request.groupID,
      member: GroupMemberIdentity(memberID: request.memberID, instanceID: request.instanceID),
      epoch: request.memberEpoch, rackID: request.rackID, clientID: context.header.clientID ?? "",
      clientHost: "/\(context.host)",
      rebalanceTimeoutMs: request.rebalanceTimeoutMs < 0 ? nil : request.rebalanceTimeoutMs,
      topics: request.subscribedTopicNames, pattern: request.subscribedTopicRegex, assignor: request.serverAssignor,
      owned: request.topicPartitions.map { PartitionSet($0.map { ($0.topicID, $0.partitions) }) },
      choosesMemberID: context.version >= 1)
  }
}

extension ConsumerGroupHeartbeatResponse {
  fileprivate init(_ answer: ConsumerHeartbeatReply) {
    self.init()
    errorCode = answer.error
    errorMessage = answer.message
    memberID = answer.memberID
    memberEpoch = answer.epoch
    heartbeatIntervalMs = answer.heartbeatIntervalMs
    assignment = answer.assignment.map { assigned in
      var assignment = Assignment()
      assignment.topicPartitions = assigned.sorted.map { topicID, partitions in
        var topic = TopicPartitions()
        topic.topicID = topicID
        topic.partitions = partitions
        return topic
      }
      return assignment
    }
  }
}
