import KafkaProtocol
import LogStore

// A consumer that sees the leader's epoch change, as after a broker that was killed, asks this before it reads on.
extension RequestProcessor {
  func offsetForLeaderEpoch(
    _ context: RequestContext, _ request: OffsetForLeaderEpochRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = OffsetForLeaderEpochResponse()
    response.topics = request.topics.map { wanted in
      var answered = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
      answered.topic = wanted.topic
      let topic = broker.topics.topic(named: wanted.topic)
      answered.partitions = wanted.partitions.map { asked in
        var end = OffsetForLeaderEpochResponse.EpochEndOffset()
        end.partition = asked.partition
        guard let partition = topic?.partition(asked.partition) else {
          end.errorCode = .unknownTopicOrPartition
          return end
        }
        (end.errorCode, end.leaderEpoch, end.endOffset) = partition.endOffset(
          ofEpoch: asked.leaderEpoch, leaderEpoch: asked.currentLeaderEpoch)
        return end
      }
      return answered
    }
    return try reply(context, response)
  }
}
