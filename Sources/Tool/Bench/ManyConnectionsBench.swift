import ClientCore
import Daemon
import NIOCore
import NIOPosix
import Records

/// What many machines do that each log a little: a lot of connections, each with a small keyed batch now and then for
/// some partition.
public struct ManyConnectionsBench: Sendable {
  public var topic = "bench"
  public var partitions: Int32 = 200
  public var connections = 2000
  public var intervalMilliseconds = 100
  public var seconds = 15
  public var recordsPerRequest = 5
  public var compression = Compression.lz4
  public var lines: BenchLines
  public var seed: UInt64 = 1
  public var brokerIdentifier: Int32?

  /// Seconds before anything counts.
  private static let warmUpSeconds = 2

  public init(lines: BenchLines) {
    self.lines = lines
  }

  /// Against a broker.
  public func run(_ cluster: Cluster) async throws(ToolFailure) -> BenchResult {
    _ = try await BenchTopic.prepare(topic, partitions: partitions, cluster)
    let description = try await BenchTopic.describe(topic, cluster)
    let brokers = try await orFail { () throws(ClientError) in try await cluster.admin.describeCluster().brokers }
    guard let leader = description.partitions.first?.leader, let broker = brokers.first(where: { $0.id == leader })
    else { throw ToolFailure("partition 0 of \(topic) has no leader") }
    let requests = try prepare(description.partitions.filter { $0.leader == leader }.map(\.index))
    return try await measured {
      try await load(requests, host: broker.address.host, port: broker.address.port, bare: nil)
    }
  }

  /// Against a server within this process that answers and stores nothing: the floor of such a run.
  public func runBare() async throws(ToolFailure) -> BenchResult {
    let requests = try prepare(Array(0..<partitions))
    return try await measured {
      let server = try await BareServer(topic: topic)
      let result: Result<BenchResult, any Error>
      do {
        result = .success(try await load(requests, host: "127.0.0.1", port: server.port, bare: server))
      } catch {
        result = .failure(error)
      }
      try await server.stop()
      return try result.get()
    }
  }

  private func measured(_ body: () async throws -> BenchResult) async throws(ToolFailure) -> BenchResult {
    do {
      return try await body()
    } catch {
      throw error as? ToolFailure ?? ToolFailure("the run failed: \(error)")
    }
  }

  private func prepare(_ partitions: [Int32]) throws(ToolFailure) -> [PreparedProduce] {
    let compressor = Compressor()
    var requests: [PreparedProduce] = []
    for (place, partition) in partitions.enumerated() {
      requests.append(
        try PreparedProduce(
          topic: topic, partition: partition, place: place, recordCount: recordsPerRequest, isKeyed: true,
          lines: lines, compression: compression, compressor: compressor))
    }
    return requests
  }

  private func load(
    _ requests: [PreparedProduce], host: String, port: Int, bare: BareServer?
  ) async throws -> BenchResult {
    raiseOpenFileLimit()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let load = ConnectionLoad(eventLoop: group.next(), requests: requests, seed: seed)
    let result: Result<BenchResult, any Error>
    do {
      try await load.connect(connections, host: host, port: port)
      let perSecond = connections * 1000 / intervalMilliseconds
      let interval = TimeAmount.milliseconds(Int64(intervalMilliseconds))
      _ = try await load.send(Self.warmUpSeconds * perSecond, interval: interval)
      let bareStart = try await bare?.processorTime() ?? 0
      let meter = try UsageMeter(brokerIdentifier: bare == nil ? brokerIdentifier : nil)
      let outcome = try await load.send(seconds * perSecond, interval: interval)
      var usage = meter.stop()
      if let bare {
        usage.broker = BenchResult.Cost(
          microseconds: try await bare.processorTime() - bareStart, residentBytes: 0, peakResidentBytes: 0)
      }
      result = .success(
        self.result(outcome, usage, requests, name: bare == nil ? "many connections" : "many connections, bare server"))
    } catch {
      result = .failure(error)
    }
    try await group.shutdownGracefully()
    return try result.get()
  }

  private func result(
    _ outcome: ConnectionLoad.Outcome, _ usage: BenchResult.Usage, _ requests: [PreparedProduce], name: String
  ) -> BenchResult {
    let frameSize = requests.reduce(0) { $0 + $1.frame.count } / max(requests.count, 1)
    return BenchResult(
      name: name, records: outcome.answered * recordsPerRequest, bytes: outcome.bytes, requests: outcome.answered,
      usage: usage, latency: outcome.latency.percentiles,
      settings: [
        ("topic", topic), ("connections", "\(connections)"), ("interval_ms", "\(intervalMilliseconds)"),
        ("partitions", "\(requests.count)"), ("records_per_request", "\(recordsPerRequest)"),
        ("request_bytes", "\(frameSize)"), ("codec", compression.name), ("acks", "all"),
      ])
  }
}
