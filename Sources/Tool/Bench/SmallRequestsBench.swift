import ClientCore
import Daemon
import Records

/// Sends small Produce requests on one connection with a few in flight, each made beforehand, so that what is measured
/// is the broker's cost of a request.
public struct SmallRequestsBench: Sendable {
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
    let compressor = Compressor()
    var prepared: [PreparedProduce] = []
    for (place, index) in indices.enumerated() {
      prepared.append(
        try PreparedProduce(
          topic: topic, partition: index, place: place, recordCount: recordsPerRequest, isKeyed: false, lines: lines,
          compression: compression, compressor: compressor))
    }
    // One round before anything is measured.
    for request in prepared {
      try connection.send(request.frame)
      try PreparedProduce.check(try connection.receive(), correlation: 0)
    }
    let meter = try UsageMeter(brokerIdentifier: brokerIdentifier)
    let (bytes, latency) = try exchange(&connection, &prepared)
    return BenchResult(
      name: "small requests", records: requests * recordsPerRequest, bytes: bytes, requests: requests,
      usage: meter.stop(), latency: latency.percentiles,
      settings: [
        ("topic", topic), ("records_per_request", "\(recordsPerRequest)"), ("in_flight", "\(inFlight)"),
        ("codec", compression.name), ("acks", "all"),
      ])
  }

  private func exchange(
    _ connection: inout RawConnection, _ prepared: inout [PreparedProduce]
  ) throws(ToolFailure) -> (bytes: Int, LatencyRecorder) {
    var latency = LatencyRecorder()
    var bytes = 0
    var times = [Int64](repeating: 0, count: inFlight)
    var sent = 0
    for answered in 0..<requests {
      while sent < requests, sent - answered < inFlight {
        let place = sent % prepared.count
        prepared[place].setCorrelation(Int32(truncatingIfNeeded: sent))
        times[sent % inFlight] = systemClock().monotonic
        try connection.send(prepared[place].frame)
        bytes += prepared[place].valueSize
        sent += 1
      }
      try PreparedProduce.check(try connection.receive(), correlation: Int32(truncatingIfNeeded: answered))
      latency.record(nanoseconds: systemClock().monotonic - times[answered % inFlight])
    }
    return (bytes, latency)
  }
}
