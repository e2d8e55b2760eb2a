import Base

/// Waits that double with each failure up to a limit, give or take a fifth, so that many clients do not return at once.
public struct Backoff: Sendable {
  public let firstMilliseconds: Int64
  public let limitMilliseconds: Int64
  public private(set) var failures = 0

  public init(firstMilliseconds: Int64, limitMilliseconds: Int64) {
    self.firstMilliseconds = max(1, firstMilliseconds)
    self.limitMilliseconds = max(self.firstMilliseconds, limitMilliseconds)
  }

  /// Counts a failure and gives the wait after it, in nanoseconds.
  public mutating func next(_ random: inout SeededRandom) -> Int64 {
    let doublings = min(failures, 20)
    failures += 1
    let (doubled, overflow) = firstMilliseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let milliseconds = overflow ? limitMilliseconds : min(doubled, limitMilliseconds)
    let (nanoseconds, beyond) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    if beyond { return .max / 2 }
    let jitter = nanoseconds / 5
    return nanoseconds - jitter + (jitter == 0 ? 0 : Int64.random(in: 0...2 * jitter, using: &random))
  }

  public mutating func reset() {
    failures = 0
  }
}
