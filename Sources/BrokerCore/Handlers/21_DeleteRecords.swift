import Base
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func deleteRecords(_ context: RequestContext, _ request: DeleteRecordsRequest) -> RequestProgress {
    replyFromWork(context) { broker, effects in
      var response = DeleteRecordsResponse()
      for wanted in request.topics {
        var answered = DeleteRecordsResponse.DeleteRecordsTopicResult()
        answered.name = wanted.name
        let topic = broker.topics.topic(named: wanted.name)
        for asked in wanted.partitions {
          var result = DeleteRecordsResponse.DeleteRecordsPartitionResult()
          result.partitionIndex = asked.partitionIndex
          do throws(TopicError) {
            result.lowWatermark = try broker.deleteRecords(
              of: topic, asked.partitionIndex, before: asked.offset, effects: &effects)
          } catch {
            result.lowWatermark = -1
            result.errorCode = error.code
          }
          answered.partitions.append(result)
        }
        response.topics.append(answered)
      }
      broker.keepLogStarts(effects: &effects)
      return response
    }
  }
}

extension Broker {
  /// The first offset that is left. Waits for the disk.
  func deleteRecords(
    of topic: Topic<Files>?, _ index: Int32, before offset: Int64, effects: inout [BrokerEffect<Files>]
  ) throws(TopicError) -> Int64 {
    guard let topic, let partition = topic.partition(index) else {
      throw TopicError(.unknownTopicOrPartition, "there is no such partition")
    }
    guard !topic.isInternal else { throw TopicError(.invalidTopic, "topic '\(topic.name)' is the broker's own") }
    let log = topic.configuration.log
    guard log.deletesOldSegments || !log.compacts else {
      throw TopicError(.policyViolation, "topic '\(topic.name)' keeps the last record of each key (cleanup.policy)")
    }
    let outcome: (logStart: Int64, removal: SegmentRemoval<Files>)
    do throws(PartitionError) {
      outcome = try partition.deleteRecords(before: offset)
    } catch {
      throw TopicError(error.code, error.message)
    }
    do throws(FileError) {
      try outcome.removal.run()
    } catch {
      effects.append(.warning(key: "delete", message: "\(partition.id): \(error); the files go at a later start"))
    }
    return outcome.logStart
  }

  /// Notes on the disk where logs begin, so that what was deleted does not come back with a crash. On a disk that is
  /// full, what was deleted is deleted all the same.
  func keepLogStarts(effects: inout [BrokerEffect<Files>]) {
    do throws(FileError) {
      try renewCheckpoints()
    } catch {
      effects.append(
        .warning(key: "delete", message: "\(error); after a crash, deleted records may be there once more"))
    }
  }
}
