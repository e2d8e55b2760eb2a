import Daemon

/// What this process and the broker use between two moments.
struct UsageMeter: Sendable {
  private let brokerIdentifier: Int32?
  private let start: Int64
  private let clientStart: ProcessUsage?
  private let brokerStart: ProcessUsage?

  /// Starts to measure.
  init(brokerIdentifier: Int32?) throws(ToolFailure) {
    self.brokerIdentifier = brokerIdentifier
    clientStart = ProcessUsage.ofSelf()
    brokerStart = brokerIdentifier.flatMap { ProcessUsage.of(process: $0) }
    if let brokerIdentifier, brokerStart == nil {
      throw ToolFailure("there is no process \(brokerIdentifier) to measure: look at --broker-pid", status: .usage)
    }
    start = systemClock().monotonic
  }

  /// What was used until now.
  func stop() -> BenchResult.Usage {
    let nanoseconds = systemClock().monotonic - start
    return BenchResult.Usage(
      nanoseconds: nanoseconds, client: Self.cost(from: clientStart, to: ProcessUsage.ofSelf()),
      broker: Self.cost(from: brokerStart, to: brokerIdentifier.flatMap { ProcessUsage.of(process: $0) }))
  }

  private static func cost(from start: ProcessUsage?, to end: ProcessUsage?) -> BenchResult.Cost? {
    guard let start, let end else { return nil }
    return BenchResult.Cost(
      microseconds: Int64(
        end.userMicroseconds + end.systemMicroseconds - start.userMicroseconds - start.systemMicroseconds),
      residentBytes: Int64(end.residentBytes), peakResidentBytes: Int64(end.peakResidentBytes))
  }
}
