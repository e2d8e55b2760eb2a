import ClientCore
import Daemon
import KafkaProtocol
import NIOCore
import Records

/// Sends small Produce requests on one connection with a few in flight, each made beforehand, so that what is measured
/// is the broker's cost of a request.
public struct SmallRequestsBench: Sendable {
  private static let version: Int16 = 12

  public var topic = "bench"
  public var partitions: Int32 = 6
  public var requests = 100_000
  public var recordsPerRequest = 5
  public var inFlight = 5
  public var compression = Compression.lz4
  public var lines: BenchLines
  public var brokerIdentifier: Int32?

  public init(lines: BenchLines) {
    self.lines = lines
  }

  public func run(_ cluster: Cluster) async throws(ToolFailure) -> BenchResult {
    _ = try await BenchTopic.prepare(topic, partitions: partitions, cluster)
    let description = try await BenchTopic.describe(topic, cluster)
    let brokers = try await orFail { () throws(ClientError) in try await cluster.admin.describeCluster().brokers }
    guard let leader = description.partitions.first?.leader, let broker = brokers.first(where: { $0.id == leader })
    else { throw ToolFailure("partition 0 of \(topic) has no leader") }
    let indices = description.partitions.filter { $0.leader == leader }.map(\.index)
    var connection = try RawConnection(broker.address)
    var frames: [(frame: [UInt8], size: Int)] = []
    for (place, index) in indices.enumerated() { frames.append(try frame(place, partition: index)) }
    // One round before anything is measured.
    for place in frames.indices {
      try connection.send(frames[place].frame)
      try check(try connection.receive(), correlation: 0)
    }
    let meter = try UsageMeter(brokerIdentifier: brokerIdentifier)
    let (bytes, latency) = try exchange(&connection, &frames)
    return BenchResult(
      name: "small requests", records: requests * recordsPerRequest, bytes: bytes, requests: requests,
      usage: meter.stop(), latency: latency.percentiles,
      settings: [
        ("topic", topic), ("records_per_request", "\(recordsPerRequest)"), ("in_flight", "\(inFlight)"),
        ("codec", compression.name), ("acks", "all"),
      ])
  }

  private func exchange(
    _ connection: inout RawConnection, _ frames: inout [(frame: [UInt8], size: Int)]
  ) throws(ToolFailure) -> (bytes: Int, LatencyRecorder) {
    var latency = LatencyRecorder()
    var bytes = 0
    var times = [Int64](repeating: 0, count: inFlight)
    var sent = 0
    for answered in 0..<requests {
      while sent < requests, sent - answered < inFlight {
        let place = sent % frames.count
        Self.setCorrelation(Int32(truncatingIfNeeded: sent), in: &frames[place].frame)
        times[sent % inFlight] = systemClock().monotonic
        try connection.send(frames[place].frame)
        bytes += frames[place].size
        sent += 1
      }
      try check(try connection.receive(), correlation: Int32(truncatingIfNeeded: answered))
      latency.record(nanoseconds: systemClock().monotonic - times[answered % inFlight])
    }
    return (bytes, latency)
  }

  /// A request for one partition, and the bytes of its values.
  private func frame(_ place: Int, partition: Int32) throws(ToolFailure) -> (frame: [UInt8], size: Int) {
    do {
      var builder = RecordBatchBuilder()
      var size = 0
      for index in 0..<recordsPerRequest {
        try lines.with(place * recordsPerRequest + index) { value in
          size += value.count
          try builder.append(key: nil, value: value, timestamp: systemClock().wall)
        }
      }
      let batch = try builder.build(compression, with: Compressor())
      var data = ProduceRequest.PartitionProduceData()
      data.index = partition
      data.records = .bytes(ByteBuffer(bytes: batch))
      var topicData = ProduceRequest.TopicProduceData()
      topicData.name = topic
      topicData.partitionData = [data]
      var request = ProduceRequest()
      request.acks = -1
      request.timeoutMs = 30_000
      request.topicData = [topicData]
      let encoded = try request.frame(version: Self.version, correlationID: 0, clientID: "splashdam-bench")
      return (Array((encoded.contiguous() ?? encoded.bytes).readableBytesView), size)
    } catch {
      throw ToolFailure("cannot make a request: \(error)")
    }
  }

  /// The correlation id stands behind the size, the key and the version.
  private static func setCorrelation(_ id: Int32, in frame: inout [UInt8]) {
    withUnsafeBytes(of: id.bigEndian) { bytes in
      for (index, byte) in bytes.enumerated() { frame[8 + index] = byte }
    }
  }

  private func check(_ frame: ByteBuffer, correlation: Int32) throws(ToolFailure) {
    var frame = frame
    guard frame.readInteger(as: Int32.self) == correlation else {
      throw ToolFailure("the broker answered out of order")
    }
    let response: ProduceResponse
    do throws(ProtocolError) {
      response = try ProduceResponse(decodingAfterCorrelationID: frame, version: Self.version)
    } catch {
      throw ToolFailure("the broker's answer is malformed: \(error)")
    }
    let errors = response.responses.flatMap(\.partitionResponses).map(\.errorCode).filter { $0 != .none }
    if let error = errors.first { throw ToolFailure("the broker refused a request: \(error)") }
  }
}
