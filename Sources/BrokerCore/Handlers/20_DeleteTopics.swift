import Base
import KafkaProtocol

extension RequestProcessor {
  func deleteTopics(_ context: RequestContext, _ request: DeleteTopicsRequest) -> RequestProgress {
    var wanted = request.topics
    for name in request.topicNames {
      var state = DeleteTopicsRequest.DeleteTopicState()
      state.name = name
      wanted.append(state)
    }
    let states = wanted
    return replyFromWork(context) { broker, effects in
      broker.administration.withLock { administration in
        var response = DeleteTopicsResponse()
        response.responses = states.map {
          broker.delete($0, administration: &administration, effects: &effects)
        }
        return response
      }
    }
  }
}

extension Broker {
  /// Waits for the disk.
  func delete(
    _ wanted: DeleteTopicsRequest.DeleteTopicState, administration: inout Administration,
    effects: inout [BrokerEffect<Files>]
  ) -> DeleteTopicsResponse.DeletableTopicResult {
    var result = DeleteTopicsResponse.DeletableTopicResult()
    result.name = wanted.name
    result.topicID = wanted.topicID
    do throws(TopicError) {
      let topic = try find(wanted)
      result.name = topic.name
      result.topicID = topic.id
      guard settings.allowsTopicDeletion else {
        throw TopicError(.topicDeletionDisabled, "topics may not be deleted here (delete.topic.enable)")
      }
      guard !topic.isInternal else {
        throw TopicError(.invalidTopic, "topic '\(topic.name)' is the broker's own")
      }
      try delete(topic, administration: &administration, effects: &effects)
    } catch {
      result.errorCode = error.code
      result.errorMessage = error.message
    }
    return result
  }

  private func find(_ wanted: DeleteTopicsRequest.DeleteTopicState) throws(TopicError) -> Topic<Files> {
    if let name = wanted.name {
      guard wanted.topicID == .zero else {
        throw TopicError(.invalidRequest, "a topic is named by its name or by its id, not by both")
      }
      guard let topic = topics.topic(named: name) else {
        throw TopicError(.unknownTopicOrPartition, "there is no topic '\(name.shortened)'")
      }
      return topic
    }
    guard wanted.topicID != .zero else {
      throw TopicError(.invalidRequest, "a topic has neither a name nor an id")
    }
    guard let topic = topics.topic(withID: wanted.topicID) else {
      throw TopicError(.unknownTopicID, "there is no topic with the id \(wanted.topicID)")
    }
    return topic
  }
}
