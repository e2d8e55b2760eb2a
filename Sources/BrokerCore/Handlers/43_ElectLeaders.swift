import Base
import KafkaProtocol

/// Which election is asked for (the protocol's numbers, KIP-460).
private enum ElectionType {
  static let preferred: Int8 = 0
  static let unclean: Int8 = 1
}

// The one broker leads every partition and is the preferred leader of each, so that no election is ever needed.
extension RequestProcessor {
  func electLeaders(
    _ context: RequestContext, _ request: ElectLeadersRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = ElectLeadersResponse()
    let isKnownType = [ElectionType.preferred, ElectionType.unclean].contains(request.electionType)
    if !isKnownType { response.errorCode = .invalidRequest }
    // Of all partitions, those are not named that have the leader they should have; so no partition is.
    for wanted in request.topicPartitions ?? [] {
      var answered = ElectLeadersResponse.ReplicaElectionResult()
      answered.topic = wanted.topic
      let topic = broker.topics.topic(named: wanted.topic)
      answered.partitionResult = wanted.partitions.map { index in
        var result = ElectLeadersResponse.PartitionResult()
        result.partitionID = index
        result.errorMessage = nil
        if !isKnownType {
          result.errorCode = .invalidRequest
          result.errorMessage = "there is no election type \(request.electionType)"
        } else if topic?.partition(index) == nil {
          result.errorCode = .unknownTopicOrPartition
          result.errorMessage = "there is no partition \(wanted.topic.shortened)-\(index)"
        } else {
          result.errorCode = .electionNotNeeded
        }
        return result
      }
      response.replicaElectionResults.append(answered)
    }
    return try reply(context, response)
  }
}
