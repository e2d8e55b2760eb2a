import Base
import ClientCore
import ClientRuntime
import Records

/// Reads all there is in a topic, every record decoded, as fast as it goes.
public struct ConsumeBench: Sendable {
  public var topic = "bench"
  public var options = ConsumerOptions()
  public var brokerIdentifier: Int32?

  public init() {}

  public func run(_ cluster: Cluster) async throws(ToolFailure) -> BenchResult {
    let description = try await BenchTopic.describe(topic, cluster)
    let start = description.partitions.map { (TopicPartition(topic, $0.index), StartPosition.beginning) }
    let meter = try UsageMeter(brokerIdentifier: brokerIdentifier)
    let consumer = Consumer(
      cluster.client, start: Dictionary(uniqueKeysWithValues: start), stopsAtEnd: true, options: options)
    let decoder = RecordBatchDecoder()
    var records = 0
    var bytes = 0
    var failed = 0
    var failure: ToolFailure?
    do throws(ToolFailure) {
      while let event = try await orFail({ () throws(ClientError) in try await consumer.next() }) {
        guard case .records(let run) = event else { continue }
        run.forEach(with: decoder, damaged: { _ in failed += 1 }) { record in
          records += 1
          bytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
        }
      }
    } catch {
      failure = error
    }
    let usage = meter.stop()
    await consumer.close()
    if let failure { throw failure }
    return BenchResult(
      name: "consume", records: records, bytes: bytes, failed: failed, usage: usage,
      settings: [("topic", topic), ("partitions", "\(description.partitions.count)")])
  }
}
