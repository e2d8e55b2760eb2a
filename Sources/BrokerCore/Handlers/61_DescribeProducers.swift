import Base
import KafkaProtocol
import LogStore

extension RequestProcessor {
  func describeProducers(_ context: RequestContext, _ request: DescribeProducersRequest) -> RequestProgress {
    // There may be very many producers, and the loop has others to serve.
    replyFromWork(context, isChange: false) { broker, _ in
      var response = DescribeProducersResponse()
      // Each partition once, or a short request could ask for a very long answer.
      var seen: Set<TopicPartition> = []
      response.topics = request.topics.map { wanted in
        var answered = DescribeProducersResponse.TopicResponse()
        answered.name = wanted.name
        let topic = broker.topics.topic(named: wanted.name)
        answered.partitions = wanted.partitionIndexes.map { index in
          guard seen.insert(TopicPartition(wanted.name, index)).inserted else {
            return .init(index, failing: .invalidRequest, "the partition is in the request twice")
          }
          guard let partition = topic?.partition(index) else {
            return .init(index, failing: .unknownTopicOrPartition, nil)
          }
          return .init(index, of: partition)
        }
        return answered
      }
      return response
    }
  }
}

extension DescribeProducersResponse.PartitionResponse {
  fileprivate init(_ index: Int32, failing error: ErrorCode, _ message: String?) {
    self.init()
    partitionIndex = index
    errorCode = error
    errorMessage = message
  }

  fileprivate init<Files: FileSystem>(_ index: Int32, of partition: Partition<Files>) {
    self.init()
    partitionIndex = index
    do throws(PartitionError) {
      activeProducers = try partition.producers().sorted { $0.producerID < $1.producerID }.map { producer in
        var state = DescribeProducersResponse.ProducerState()
        state.producerID = producer.producerID
        state.producerEpoch = Int32(producer.epoch)
        state.lastSequence = producer.lastSequence
        state.lastTimestamp = producer.lastTimestamp
        state.coordinatorEpoch = producer.coordinatorEpoch
        state.currentTxnStartOffset = producer.currentTransactionFirstOffset
        return state
      }
    } catch {
      errorCode = error.code
      errorMessage = error.message
    }
  }
}
