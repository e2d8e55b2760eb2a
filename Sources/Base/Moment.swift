/// What a clock shows at one instant. Cores receive it with each event and never read a clock themselves.
public struct Moment: Sendable, Hashable {
  /// Nanoseconds of a clock that never jumps; only differences mean anything.
  public var monotonic: Int64
  /// Milliseconds since 1970-01-01 UTC; may jump either way.
  public var wall: Int64

  @inlinable
  public init(monotonic: Int64, wall: Int64) {
    self.monotonic = monotonic
    self.wall = wall
  }

  /// The monotonic time this many milliseconds later, at most the end of time.
  @inlinable
  public func deadline(afterMilliseconds milliseconds: Int64) -> Int64 {
    let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    if overflow { return milliseconds < 0 ? monotonic : .max }
    let (deadline, beyond) = monotonic.addingReportingOverflow(nanoseconds)
    return beyond ? .max : deadline
  }
}
