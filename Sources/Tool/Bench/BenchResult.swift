/// What a run of the load generator showed.
public struct BenchResult: Sendable {
  /// What one process used.
  public struct Cost: Sendable {
    /// Processor time, all threads. The kernel counts in steps of 10 ms.
    public var microseconds: Int64
    public var residentBytes: Int64
    /// The most since that process began.
    public var peakResidentBytes: Int64

    package init(microseconds: Int64, residentBytes: Int64, peakResidentBytes: Int64) {
      self.microseconds = microseconds
      self.residentBytes = residentBytes
      self.peakResidentBytes = peakResidentBytes
    }
  }

  public struct Usage: Sendable {
    public var nanoseconds: Int64
    public var client: Cost?
    public var broker: Cost?

    package init(nanoseconds: Int64, client: Cost?, broker: Cost?) {
      self.nanoseconds = nanoseconds
      self.client = client
      self.broker = broker
    }
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

  package init(
    name: String, records: Int, bytes: Int, requests: Int? = nil, failed: Int = 0, usage: Usage,
    latency: LatencyPercentiles? = nil, settings: [(name: String, value: String)]
  ) {
    self.name = name
    self.records = records
    self.bytes = bytes
    self.requests = requests
    self.failed = failed
    self.usage = usage
    self.latency = latency
    self.settings = settings
  }
}
