import Base
import KafkaProtocol

extension RequestProcessor {
  func describeLogDirs(_ context: RequestContext, _ request: DescribeLogDirsRequest) -> RequestProgress {
    replyFromWork(context, isChange: false) { broker, effects in
      var response = DescribeLogDirsResponse()
      var directory = DescribeLogDirsResponse.DescribeLogDirsResult()
      directory.logDir = broker.dataDirectory
      do throws(FileError) {
        let space = try broker.files.space(broker.dataDirectory)
        directory.totalBytes = space.total
        directory.usableBytes = space.available
        directory.topics = broker.replicas(request.topics)
      } catch {
        directory.errorCode = .kafkaStorageError
        effects.append(.warning(key: "log directory", message: error.description))
      }
      response.results = [directory]
      return response
    }
  }
}

extension Broker {
  /// The replicas of the partitions asked for, or of all; what does not exist is left out.
  fileprivate func replicas(
    _ wanted: [DescribeLogDirsRequest.DescribableLogDirTopic]?
  ) -> [DescribeLogDirsResponse.DescribeLogDirsTopic] {
    guard let wanted else { return topics.all.map { describe($0, $0.partitions) } }
    var indexes: [String: Set<Int32>] = [:]
    for topic in wanted { indexes[topic.topic, default: []].formUnion(topic.partitions) }
    return indexes.sorted { $0.key < $1.key }.compactMap { name, indexes in
      guard let topic = topics.topic(named: name) else { return nil }
      let partitions = indexes.sorted().compactMap { topic.partition($0) }
      return partitions.isEmpty ? nil : describe(topic, partitions)
    }
  }

  private func describe(
    _ topic: Topic<Files>, _ partitions: [Partition<Files>]
  ) -> DescribeLogDirsResponse.DescribeLogDirsTopic {
    var described = DescribeLogDirsResponse.DescribeLogDirsTopic()
    described.name = topic.name
    described.partitions = partitions.map { partition in
      var replica = DescribeLogDirsResponse.DescribeLogDirsPartition()
      replica.partitionIndex = partition.id.partition
      replica.partitionSize = partition.size
      return replica
    }
    return described
  }
}
