/// What a run of the load generator showed.
public struct BenchResult: Sendable {
  /// What one process used.
  public struct Cost: Sendable {
    /// Processor time, all threads. The kernel counts in steps of 10 ms.
    public var microseconds: Int64
    public var residentBytes: Int64
    /// The most since that process began.
    public var peakResidentBytes: Int64
  }

  public struct Usage: Sendable {
    public var nanoseconds: Int64
    public var client: Cost?
    public var broker: Cost?
  }

  public var name: String
  public var records: Int
  /// Of keys and values.
  public var bytes: Int
  /// Requests, where they are what is measured.
  public var requests: Int?
  public var failed = 0
  public var usage: Usage
  public var latency: LatencyPercentiles?
  public var settings: [(name: String, value: String)]
}
