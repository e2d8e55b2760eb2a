import Base
import ClientCore

/// What a sink needs of a consumer, which is GroupConsumer's contract, and of the cluster.
package protocol SinkConsumer: Sendable {
  /// The next run of records or report; nil once it is closed.
  func next(waitingAtMost milliseconds: Int64) async throws(ClientError) -> ConsumerEvent?
  func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError)
  func seek(_ partition: TopicPartition, to offset: Int64)
  /// Of all of them.
  func origins(of partitions: [TopicPartition]) async throws(ClientError) -> [TopicPartition: PartitionOrigin]
  func close() async
}
