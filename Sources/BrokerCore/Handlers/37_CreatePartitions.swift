import Base
import KafkaProtocol

extension RequestProcessor {
  func createPartitions(_ context: RequestContext, _ request: CreatePartitionsRequest) -> RequestProgress {
    let now = context.now
    return replyFromWork(context) { broker, _ in
      broker.administration.withLock { administration in
        var response = CreatePartitionsResponse()
        var counts: [String: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        for wanted in request.topics {
          guard let count = counts.removeValue(forKey: wanted.name) else { continue }
          var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
          result.name = wanted.name
          do throws(TopicError) {
            guard count == 1 else {
              throw TopicError(.invalidRequest, "topic '\(wanted.name)' is in the request \(count) times")
            }
            try broker.createPartitions(
              wanted, validateOnly: request.validateOnly, administration: &administration, now: now)
          } catch {
            result.errorCode = error.code
            result.errorMessage = error.message
          }
          response.results.append(result)
        }
        return response
      }
    }
  }
}

extension Broker {
  /// Waits for the disk.
  func createPartitions(
    _ wanted: CreatePartitionsRequest.CreatePartitionsTopic, validateOnly: Bool,
    administration: inout Administration, now: Moment
  ) throws(TopicError) {
    guard let topic = topics.topic(named: wanted.name) else {
      throw TopicError(.unknownTopicOrPartition, "there is no topic '\(wanted.name.shortened)'")
    }
    guard !topic.isInternal else {
      throw TopicError(.invalidTopic, "the partitions of '\(topic.name)' are fixed")
    }
    let present = topic.partitions.count
    guard wanted.count > present else {
      throw TopicError(
        .invalidPartitions,
        "topic '\(topic.name)' has \(present) partitions; \(wanted.count) would not be more")
    }
    if let assignments = wanted.assignments {
      guard assignments.count == Int(wanted.count) - present else {
        throw TopicError(
          .invalidReplicaAssignment,
          "\(Int(wanted.count) - present) partitions are added, \(assignments.count) are assigned")
      }
      for assignment in assignments { try checkReplicas(assignment.brokerIDs) }
    }
    try checkPartitionBudget(adding: Int(wanted.count) - present)
    if !validateOnly { try extend(topic, to: wanted.count, administration: &administration, now: now) }
  }
}
