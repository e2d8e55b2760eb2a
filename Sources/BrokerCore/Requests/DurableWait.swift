import Base
import KafkaProtocol

/// A request whose records must be durable before it is answered.
struct DurableWait<Files: FileSystem> {
  struct Point {
    let partition: Partition<Files>
    /// Of the last record.
    let offset: Int64
    /// Which part of the answer it concerns.
    let topicIndex: Int
    let partitionIndex: Int
  }

  let context: RequestContext
  /// What is not known to be durable yet.
  var pending: [Point]
  /// As it is when all becomes durable.
  var response: ProduceResponse
}
