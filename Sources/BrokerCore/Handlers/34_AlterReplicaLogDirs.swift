import Base
import KafkaProtocol

// There is one log directory: a replica can be asked to stay where it is, and nothing else.
extension RequestProcessor {
  func alterReplicaLogDirs(
    _ context: RequestContext, _ request: AlterReplicaLogDirsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = AlterReplicaLogDirsResponse()
    for directory in request.dirs {
      for wanted in directory.topics {
        var result = AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult()
        result.topicName = wanted.name
        let topic = broker.topics.topic(named: wanted.name)
        result.partitions = wanted.partitions.map { index in
          var partition = AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult()
          partition.partitionIndex = index
          if directory.path != broker.dataDirectory {
            partition.errorCode = .logDirectoryNotFound
          } else if topic?.partition(index) == nil {
            partition.errorCode = .unknownTopicOrPartition
          }
          return partition
        }
        response.results.append(result)
      }
    }
    return try reply(context, response)
  }
}
