import ClientCore
import DiskIO
import KafkaProtocol
import NIOCore
import Records
import Synchronization

/// Reads all there is in a topic on several connections at once, each of which reads everything, and looks at nothing but
/// the headers of batches, so that what is measured is the broker's cost of sending.
public struct DrainBench: Sendable {
  private static let version: Int16 = 12
  private static let answerBytes: Int32 = 8 << 20
  private static let partitionBytes: Int32 = 1 << 20

  public var topic = "bench"
  public var connections = 10
  public var brokerIdentifier: Int32?

  public init() {}

  private final class Outcome: Sendable {
    struct State {
      var records = 0
      var bytes = 0
      var failure: ToolFailure?
    }

    let state = Mutex(State())
  }

  public func run(_ cluster: Cluster) async throws(ToolFailure) -> BenchResult {
    let description = try await BenchTopic.describe(topic, cluster)
    let brokers = try await orFail { () throws(ClientError) in try await cluster.admin.describeCluster().brokers }
    guard let leader = description.partitions.first?.leader, let broker = brokers.first(where: { $0.id == leader })
    else { throw ToolFailure("partition 0 of \(topic) has no leader") }
    let partitions = description.partitions.filter { $0.leader == leader }.map(\.index)
    let outcome = Outcome()
    let meter = try UsageMeter(brokerIdentifier: brokerIdentifier)
    let threads = DiskThreads(count: connections)
    for _ in 0..<connections {
      threads.run {
        do throws(ToolFailure) {
          let (records, bytes) = try drain(partitions, of: broker.address)
          outcome.state.withLock { state in
            state.records += records
            state.bytes += bytes
          }
        } catch {
          outcome.state.withLock { $0.failure = $0.failure ?? error }
        }
      }
    }
    threads.stop()
    let usage = meter.stop()
    let state = outcome.state.withLock { $0 }
    if let failure = state.failure { throw failure }
    return BenchResult(
      name: "drain", records: state.records, bytes: state.bytes, usage: usage,
      settings: [("topic", topic), ("partitions", "\(partitions.count)"), ("connections", "\(connections)")])
  }

  /// Reads from the beginning to what is the end when it gets there; returns the records and the bytes of their batches.
  private func drain(_ partitions: [Int32], of broker: BrokerAddress) throws(ToolFailure) -> (Int, Int) {
    let connection = try RawConnection(broker)
    var offsets: [Int32: Int64] = [:]
    for partition in partitions { offsets[partition] = 0 }
    var records = 0
    var bytes = 0
    // An answer takes partitions in the order they are named, so that each begins with another one.
    var order = partitions
    var frame = ByteBuffer()
    while !order.isEmpty {
      try connection.send(try request(order, offsets))
      try connection.receive(into: &frame)
      let response = try decode(frame)
      var ended: Set<Int32> = []
      for data in response.responses.flatMap(\.partitions) {
        guard data.errorCode == .none else {
          throw ToolFailure("the broker refused to read \(topic)-\(data.partitionIndex): \(data.errorCode)")
        }
        guard case .bytes(let payload) = data.records else { continue }
        let run = Self.walk(payload)
        records += run.records
        bytes += payload.readableBytes
        if let next = run.nextOffset { offsets[data.partitionIndex] = next }
        if offsets[data.partitionIndex, default: 0] >= data.highWatermark { ended.insert(data.partitionIndex) }
      }
      order.removeAll { ended.contains($0) }
      if let first = order.first {
        order.removeFirst()
        order.append(first)
      }
    }
    return (records, bytes)
  }

  private func request(_ order: [Int32], _ offsets: [Int32: Int64]) throws(ToolFailure) -> [UInt8] {
    var topicData = FetchRequest.FetchTopic()
    topicData.topic = topic
    topicData.partitions = order.map { index in
      var partition = FetchRequest.FetchPartition()
      partition.partition = index
      partition.fetchOffset = offsets[index] ?? 0
      partition.partitionMaxBytes = Self.partitionBytes
      return partition
    }
    var request = FetchRequest()
    request.maxWaitMs = 500
    request.minBytes = 1
    request.maxBytes = Self.answerBytes
    request.topics = [topicData]
    do throws(ProtocolError) {
      let encoded = try request.frame(version: Self.version, correlationID: 0, clientID: "splashdam-bench")
      return Array((encoded.contiguous() ?? encoded.bytes).readableBytesView)
    } catch {
      throw ToolFailure("cannot make a request: \(error)")
    }
  }

  private func decode(_ frame: ByteBuffer) throws(ToolFailure) -> FetchResponse {
    var frame = frame
    frame.moveReaderIndex(forwardBy: 4)
    let response: FetchResponse
    do throws(ProtocolError) {
      response = try FetchResponse(decodingAfterCorrelationID: frame, version: Self.version)
    } catch {
      throw ToolFailure("the broker's answer is malformed: \(error)")
    }
    guard response.errorCode == .none else {
      throw ToolFailure("the broker refused to read \(topic): \(response.errorCode)")
    }
    return response
  }

  /// The whole batches of an answer; nil as the next offset where there is none.
  private static func walk(_ payload: ByteBuffer) -> (records: Int, nextOffset: Int64?) {
    payload.withUnsafeReadableBytes { bytes in
      var position = 0
      var records = 0
      var next: Int64?
      while let header = RecordBatchHeader(reading: UnsafeRawBufferPointer(rebasing: bytes[position...])),
        header.batchLength >= 0, header.size <= bytes.count - position
      {
        records += Int(header.recordCount)
        next = header.nextOffset
        position += header.size
      }
      return (records, next)
    }
  }
}
