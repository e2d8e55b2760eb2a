import Base
import KafkaProtocol

// A partition can be assigned to the one broker alone, where it is already.
extension RequestProcessor {
  func alterPartitionReassignments(
    _ context: RequestContext, _ request: AlterPartitionReassignmentsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = AlterPartitionReassignmentsResponse()
    response.errorMessage = nil
    response.allowReplicationFactorChange = request.allowReplicationFactorChange
    response.responses = request.topics.map { wanted in
      var answered = AlterPartitionReassignmentsResponse.ReassignableTopicResponse()
      answered.name = wanted.name
      let topic = broker.topics.topic(named: wanted.name)
      answered.partitions = wanted.partitions.map { asked in
        var result = AlterPartitionReassignmentsResponse.ReassignablePartitionResponse()
        result.partitionIndex = asked.partitionIndex
        result.errorMessage = nil
        do throws(TopicError) {
          guard topic?.partition(asked.partitionIndex) != nil else {
            throw TopicError(
              .unknownTopicOrPartition, "there is no partition \(wanted.name.shortened)-\(asked.partitionIndex)")
          }
          guard let replicas = asked.replicas else {
            throw TopicError(.noReassignmentInProgress, "the partition is not being moved")
          }
          try broker.checkReplicas(replicas)
        } catch {
          result.errorCode = error.code
          result.errorMessage = error.message
        }
        return result
      }
      return answered
    }
    return try reply(context, response)
  }
}
