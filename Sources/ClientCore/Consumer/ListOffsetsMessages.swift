import Base
import KafkaProtocol

extension ListOffsetsRequest {
  /// Asks for the offsets at times, or -1 for the end and -2 for the beginning; each with the leader epoch or -1.
  package init(_ partitions: [TopicPartition: (timestamp: Int64, leaderEpoch: Int32)]) {
    self.init()
    replicaID = -1
    timeoutMs = 30_000
    topics = Dictionary(grouping: partitions, by: \.key.topic).sorted { $0.key < $1.key }.map { name, partitions in
      var topic = ListOffsetsTopic()
      topic.name = name
      topic.partitions = partitions.sorted { $0.key.partition < $1.key.partition }.map { partition, asked in
        var entry = ListOffsetsPartition()
        entry.partitionIndex = partition.partition
        entry.currentLeaderEpoch = asked.leaderEpoch
        entry.timestamp = asked.timestamp
        return entry
      }
      return topic
    }
  }
}

extension StartPosition {
  /// What ListOffsets knows the position as; an offset needs no question.
  package var timestamp: Int64 {
    switch self {
    case .beginning: -2
    case .end, .offset: -1
    case .time(let milliseconds): max(0, milliseconds)
    }
  }
}
