/// How long things took, in microseconds.
public struct LatencyPercentiles: Sendable, Hashable {
  public var p50: Int64
  public var p90: Int64
  public var p99: Int64
  public var p999: Int64
  public var max: Int64
}
