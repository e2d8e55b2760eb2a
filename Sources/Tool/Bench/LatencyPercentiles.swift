/// How long things took, in microseconds.
public struct LatencyPercentiles: Sendable, Hashable {
  public var p50: Int64
  public var p90: Int64
  public var p99: Int64
  public var p999: Int64
  public var max: Int64

  package init(p50: Int64, p90: Int64, p99: Int64, p999: Int64, max: Int64) {
    self.p50 = p50
    self.p90 = p90
    self.p99 = p99
    self.p999 = p999
    self.max = max
  }
}
