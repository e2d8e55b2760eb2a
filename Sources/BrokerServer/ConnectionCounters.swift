/// What became of the connections of a broker since it began.
package struct ConnectionCounters: Sendable, Hashable {
  package var accepted: UInt64 = 0
  package var open = 0
  /// Refused as they came: `max.connections`, `max.connections.per.ip`.
  package var refusedByLimit: UInt64 = 0
  package var refusedByAddressLimit: UInt64 = 0
  /// Closed after they were still for `connections.max.idle.ms`.
  package var closedIdle: UInt64 = 0
  /// Closed because of what they sent: no frames, no requests, versions that are not spoken.
  package var closedMalformed: UInt64 = 0
  /// Closed because requests that did not arrive whole, or answers that nobody took, had taken up
  /// `queued.max.request.bytes` and `queued.max.response.bytes`, and they were the slowest.
  package var closedSlowRequest: UInt64 = 0
  package var closedSlowAnswer: UInt64 = 0
  /// Times a connection had to let others go first.
  package var postponedTurns: UInt64 = 0
  /// Bytes that connections hold now beyond the few that each may have.
  package var requestBytes: Int64 = 0
  package var answerBytes: Int64 = 0

  /// Whether something happened since `earlier` that an operator should know.
  func hasTrouble(since earlier: ConnectionCounters) -> Bool {
    refusedByLimit > earlier.refusedByLimit || refusedByAddressLimit > earlier.refusedByAddressLimit
      || closedIdle > earlier.closedIdle || closedMalformed > earlier.closedMalformed
      || closedSlowRequest > earlier.closedSlowRequest || closedSlowAnswer > earlier.closedSlowAnswer
  }
}
