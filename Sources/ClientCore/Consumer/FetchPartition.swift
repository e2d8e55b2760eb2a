import Base

/// One partition as a consumer reads it.
struct FetchPartition {
  /// The next offset wanted; nil: `lookup` has to be found out first.
  var position: Int64?
  var lookup: StartPosition
  /// The offset that was wanted and is not in the log.
  var missing: Int64?
  var isPaused = false
  var isLookupBusy = false
  var retryAt: Int64 = .min
  var maxBytes: Int32
  /// Grows with each assignment and seek, so that late answers are told apart.
  var version: UInt64
  var backoff: Backoff
}
