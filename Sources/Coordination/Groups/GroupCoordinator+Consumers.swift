import Base
import KafkaProtocol

extension GroupCoordinator {
  /// Tells which topics there are; to be called before anything is asked, and costs nothing where nothing has changed.
  public mutating func update(topics: TopicCatalog) {
    if context.topics.version != topics.version { context.topics = topics }
  }

  /// Handles a ConsumerGroupHeartbeat request (KIP-848).
  public mutating func consumerHeartbeat(
    _ parameters: ConsumerHeartbeatParameters, request: GroupRequestID, now: Moment
  ) {
    context.now = now
    var refusal = refusal(of: parameters)
    if refusal == nil, groups[parameters.groupID] == nil {
      if parameters.epoch != ConsumerHeartbeatParameters.joining {
        refusal = ConsumerGroupRefusal(.groupIDNotFound, "there is no group \(parameters.groupID)")
      } else if case let error = create(parameters.groupID), error != .none {
        refusal = ConsumerGroupRefusal(error, "group \(parameters.groupID) cannot be created")
      }
    }
    if let refusal {
      let answer = ConsumerHeartbeatReply(error: refusal.code, refusal.message)
      return context.reply(.consumerHeartbeat(answer), to: request)
    }
    update(parameters.groupID) { $0.heartbeat(parameters, request, &$1) }
  }

  /// What is wrong with a request by itself, as Kafka's brokers check it; nil where nothing is.
  private func refusal(of parameters: ConsumerHeartbeatParameters) -> ConsumerGroupRefusal? {
    let member = parameters.member
    let nameLimit = context.configuration.clientNameByteLimit
    if parameters.groupID.isEmpty { return ConsumerGroupRefusal(.invalidRequest, "GroupId can't be empty") }
    if member.memberID.isEmpty, parameters.choosesMemberID || parameters.epoch != ConsumerHeartbeatParameters.joining {
      return ConsumerGroupRefusal(.invalidRequest, "MemberId can't be empty")
    }
    if member.memberID.utf8.count > nameLimit {
      return ConsumerGroupRefusal(.invalidRequest, "MemberId has more than \(nameLimit) bytes")
    }
    if let instanceID = member.instanceID, !(1...nameLimit).contains(instanceID.utf8.count) {
      return ConsumerGroupRefusal(.invalidRequest, "InstanceId has to have 1 to \(nameLimit) bytes")
    }
    if parameters.rackID?.isEmpty == true { return ConsumerGroupRefusal(.invalidRequest, "RackId can't be empty") }
    if let assignor = parameters.assignor, ServerAssignor(rawValue: assignor) == nil {
      let known = ServerAssignor.allCases.map(\.rawValue).joined(separator: ", ")
      return ConsumerGroupRefusal(.unsupportedAssignor, "assignor \(assignor) is not one of \(known)")
    }
    return epochRefusal(of: parameters)
  }

  private func epochRefusal(of parameters: ConsumerHeartbeatParameters) -> ConsumerGroupRefusal? {
    switch parameters.epoch {
    case ConsumerHeartbeatParameters.joining:
      if parameters.rebalanceTimeoutMs == nil {
        return ConsumerGroupRefusal(.invalidRequest, "RebalanceTimeoutMs must be provided in first request")
      }
      if parameters.owned?.isEmpty != true {
        return ConsumerGroupRefusal(.invalidRequest, "TopicPartitions must be empty when (re-)joining")
      }
      if parameters.topics == nil, parameters.pattern == nil {
        return ConsumerGroupRefusal(
          .invalidRequest, "either SubscribedTopicNames or SubscribedTopicRegex must be there when (re-)joining")
      }
      return nil
    case ConsumerHeartbeatParameters.leavingForAWhile where parameters.member.instanceID == nil:
      return ConsumerGroupRefusal(.invalidRequest, "InstanceId can't be null where a member leaves for a while")
    case ConsumerHeartbeatParameters.leavingForAWhile...: return nil
    default: return ConsumerGroupRefusal(.invalidRequest, "MemberEpoch \(parameters.epoch) is invalid")
    }
  }
}
