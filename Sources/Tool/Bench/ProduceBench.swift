import ClientCore
import ClientRuntime
import Daemon
import Glibc
import Synchronization

/// Produces as fast as it can, or at a fixed rate, and measures how long each record takes to be acknowledged. At a fixed
/// rate the time counts from when the record was due, so that a stall counts for everything it held up (coordinated
/// omission).
public struct ProduceBench: Sendable {
  public var topic = "bench"
  public var partitions: Int32 = 6
  public var records = 1_000_000
  public var lines: BenchLines
  /// Different keys; nil: none.
  public var keyCount: Int?
  /// Records per second; nil: as fast as it goes.
  public var rate: Int?
  public var options = ProducerOptions()
  public var brokerIdentifier: Int32?

  public init(lines: BenchLines) {
    self.lines = lines
  }

  private final class Outcome: Sendable {
    struct State {
      var latency = LatencyRecorder()
      var delivered = 0
      var failed = 0
      var reason: String?
    }

    let state = Mutex(State())

    func add(_ deliveries: [Delivery], _ times: SendTimes) {
      let now = systemClock().monotonic
      state.withLock { state in
        for delivery in deliveries {
          switch delivery.result {
          case .success:
            for token in delivery.tokens where token > 0 {
              state.delivered += 1
              state.latency.record(nanoseconds: now - times[Int(token) - 1])
            }
          case .failure(let error):
            state.failed += delivery.tokens.count
            state.reason = "\(delivery.partition): \(error)"
          }
        }
      }
    }
  }

  public func run(_ cluster: Cluster) async throws(ToolFailure) -> BenchResult {
    let partitionCount = try await BenchTopic.prepare(topic, partitions: partitions, cluster)
    let times = SendTimes(count: records)
    let outcome = Outcome()
    let producer = Producer(cluster.client, options: options, deliveries: { outcome.add($0, times) })
    var failure: ToolFailure?
    var result: BenchResult?
    do throws(ToolFailure) {
      let handle = try await orFail { () throws(ClientError) in
        let handle = try producer.topic(topic)
        try await producer.ready(handle, timeoutMilliseconds: 10_000)
        return handle
      }
      // Connections, the producer's id and the partitions' logs are there before anything is measured.
      for partition in 0..<partitionCount {
        _ = lines.with(0) {
          producer.send(
            to: handle, partition: Int32(partition), key: nil, value: $0, timestamp: systemClock().wall, token: 0)
        }
      }
      await producer.flush()
      let meter = try UsageMeter(brokerIdentifier: brokerIdentifier)
      let bytes = try await send(producer, handle, times)
      await producer.flush()
      let usage = meter.stop()
      let state = outcome.state.withLock { $0 }
      if let reason = state.reason { StandardOutput.tell("splashdam: \(reason)") }
      result = BenchResult(
        name: "produce", records: state.delivered, bytes: bytes, failed: state.failed, usage: usage,
        latency: state.latency.percentiles, settings: settings)
    } catch {
      failure = error
    }
    await producer.close(timeoutMilliseconds: 0)
    guard let result else { throw failure ?? ToolFailure("the run has no result") }
    return result
  }

  private var settings: [(name: String, value: String)] {
    [
      ("topic", topic), ("keys", keyCount.map { $0.description } ?? "none"), ("codec", options.compression.name),
      ("acks", options.acknowledgement == .all ? "all" : "1"), ("linger_ms", "\(options.lingerMilliseconds)"),
      ("batch_size", "\(options.batchSize)"), ("rate", rate.map { $0.description } ?? "unlimited"),
    ]
  }

  /// Sends all records; returns their bytes.
  private func send(
    _ producer: Producer, _ topic: ProducerTopic, _ times: SendTimes
  ) async throws(ToolFailure) -> Int {
    var bytes = 0
    let keys = keyCount.map { count in (0..<count).map { Array("host-\($0)".utf8) } }
    let start = systemClock().monotonic
    var clock = systemClock()
    for index in 0..<records {
      if let rate {
        let due = start + Int64(index) * 1_000_000_000 / Int64(rate)
        clock = systemClock()
        if clock.monotonic < due {
          Self.sleep(nanoseconds: due - clock.monotonic)
          clock = systemClock()
        }
        times[index] = due
      } else {
        // A look at the clock costs as much as a quarter of `send`; within a millisecond one is enough.
        if index & 31 == 0 { clock = systemClock() }
        times[index] = clock.monotonic
      }
      while true {
        // Neighbours differ, as the lines of many machines that arrive together do.
        let key = keys.map { $0[Int(truncatingIfNeeded: (UInt64(index) &* 0x9E37_79B9_7F4A_7C15) >> 33) % $0.count] }
        let result = lines.with(index) { value in
          bytes += value.count + (key?.count ?? 0)
          return Self.send(
            value, key, producer, topic, timestamp: clock.wall, token: UInt64(index) + 1)
        }
        if result == .accepted { break }
        bytes -= lines.with(index) { $0.count } + (key?.count ?? 0)
        guard result == .full || result == .topicNotReady else {
          throw ToolFailure("record \(index) was not taken: \(result)")
        }
        await producer.waitUntilWritable()
        clock = systemClock()
        if rate == nil { times[index] = clock.monotonic }
      }
    }
    return bytes
  }

  private static func send(
    _ value: UnsafeRawBufferPointer, _ key: [UInt8]?, _ producer: Producer, _ topic: ProducerTopic, timestamp: Int64,
    token: UInt64
  ) -> SendOutcome {
    guard let key else { return producer.send(to: topic, key: nil, value: value, timestamp: timestamp, token: token) }
    return key.withUnsafeBytes {
      producer.send(to: topic, key: $0, value: value, timestamp: timestamp, token: token)
    }
  }

  private static func sleep(nanoseconds: Int64) {
    var left = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    var interrupted = timespec()
    while nanosleep(&left, &interrupted) != 0, errno == EINTR { left = interrupted }
  }
}
