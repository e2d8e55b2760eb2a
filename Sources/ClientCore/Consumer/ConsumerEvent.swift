/// What a consumer gets to see, in the order of each partition's log.
public enum ConsumerEvent: Sendable {
  case records(FetchedRecords)
  /// Records between the last and the next of this partition are missing.
  case offsetsLost(LostOffsets)
  /// Nothing came within the time that was given.
  case idle
}
