import Base

/// When a log is synced though nobody waits for that (`flush.messages`, `flush.ms`), and what is not synced so far.
struct FlushPolicy: Sendable {
  private var messages: Int64
  private var milliseconds: Int64
  /// Records appended since a sync was asked for.
  private var count: Int64 = 0
  /// When the first of them was, in monotonic nanoseconds.
  private var since: Int64 = 0

  init(_ configuration: TopicConfiguration) {
    messages = configuration.flushMessages
    milliseconds = configuration.flushMilliseconds
  }

  mutating func configure(_ configuration: TopicConfiguration) {
    messages = configuration.flushMessages
    milliseconds = configuration.flushMilliseconds
  }

  /// Notes appended records; true when a sync is to be asked for.
  mutating func note(_ records: Int64, now: Moment) -> Bool {
    if count == 0 { since = now.monotonic }
    count &+= records
    return count >= messages || milliseconds == 0
  }

  /// Whether the first record has waited long enough.
  func isDue(now: Moment) -> Bool {
    count > 0 && now.monotonic - since >= limit
  }

  /// `flush.ms` in nanoseconds.
  private var limit: Int64 {
    let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : nanoseconds
  }

  /// A sync was asked for that comprises all records so far.
  mutating func reset() {
    count = 0
  }
}
