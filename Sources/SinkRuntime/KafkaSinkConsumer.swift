import Base
import ClientCore
import ClientRuntime
import Daemon

/// A member of the sink's group.
final class KafkaSinkConsumer: SinkConsumer {
  private let client: KafkaClient
  private let admin: Admin
  private let consumer: GroupConsumer
  private let options: GroupOptions

  /// Begins to join. `listener` is told of partitions from then on.
  init(_ configuration: SinkConfiguration, log: Log, listener: any RebalanceListener) {
    options = configuration.group
    let clientOptions = KafkaClientOptions(clientID: "splashdam-sink") { notice in
      guard let log = log.limited(notice.kind, everySeconds: 5) else { return }
      switch notice.severity {
      case .debug: log.debug(notice.text)
      case .info: log.info(notice.text)
      case .warning: log.warning(notice.text)
      case .error: log.error(notice.text)
      }
    }
    client = KafkaClient(bootstrap: configuration.brokers, options: clientOptions)
    admin = Admin(client)
    consumer = GroupConsumer(client, options: configuration.group, listener: listener)
  }

  func next(waitingAtMost milliseconds: Int64) async throws(ClientError) -> ConsumerEvent? {
    try await consumer.next(waitingAtMost: milliseconds)
  }

  func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError) {
    try await consumer.commit(offsets)
  }

  func seek(_ partition: TopicPartition, to offset: Int64) {
    consumer.seek(partition, to: offset)
  }

  func origins(of partitions: [TopicPartition]) async throws(ClientError) -> [TopicPartition: PartitionOrigin] {
    let topics = try await admin.describeTopics(Set(partitions.map(\.topic)).sorted())
    let committed = try await admin.committedOffsets(group: options.group)
    let reset: StartPosition = options.consumer.reset == .latest ? .end : .beginning
    var positions: [TopicPartition: StartPosition] = [:]
    for partition in partitions where committed[partition] == nil { positions[partition] = reset }
    let starts = positions.isEmpty ? [:] : try await admin.listOffsets(positions)
    var origins: [TopicPartition: PartitionOrigin] = [:]
    for partition in partitions {
      guard let topic = try topics[partition.topic]?.get() else {
        throw ClientError(.malformed("a topic that was asked for is missing"), subject: partition.topic)
      }
      var start = committed[partition]
      if start == nil { start = try starts[partition]?.get() }
      guard let start else {
        throw ClientError(.malformed("an offset that was asked for is missing"), subject: partition.description)
      }
      origins[partition] = PartitionOrigin(topicID: topic.id, committed: committed[partition], start: start)
    }
    return origins
  }

  func close() async {
    await consumer.close()
    await client.close()
  }
}
