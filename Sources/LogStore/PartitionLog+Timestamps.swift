extension PartitionLog {
  /// The search for the first batch with a timestamp of at least `timestamp`, in the log as it is now. Resolve it on a
  /// thread that may wait, without the partition's lock.
  public func timestampSearch(atLeast timestamp: Int64) -> TimestampSearch<Files> {
    TimestampSearch(segments: sealed + [active], logStartOffset: logStartOffset, target: timestamp, cache: cache)
  }

  /// The search for the largest timestamp and the first batch that has it (ListOffsets -3).
  public func largestTimestampSearch() -> TimestampSearch<Files> {
    TimestampSearch(segments: sealed + [active], logStartOffset: logStartOffset, target: nil, cache: cache)
  }
}
