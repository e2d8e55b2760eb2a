import Histogram

/// A histogram of microseconds with three significant digits, up to ten minutes.
struct LatencyRecorder: Sendable {
  private static let limit: UInt64 = 600_000_000

  private var histogram = Histogram<UInt64>(highestTrackableValue: limit, numberOfSignificantValueDigits: .three)

  mutating func record(nanoseconds: Int64) {
    histogram.record(min(Self.limit, UInt64(max(0, nanoseconds)) / 1000))
  }

  /// nil when nothing was recorded.
  var percentiles: LatencyPercentiles? {
    guard histogram.totalCount > 0 else { return nil }
    return LatencyPercentiles(
      p50: Int64(histogram.valueAtPercentile(50)), p90: Int64(histogram.valueAtPercentile(90)),
      p99: Int64(histogram.valueAtPercentile(99)), p999: Int64(histogram.valueAtPercentile(99.9)),
      max: Int64(histogram.maxRecorded))
  }
}
