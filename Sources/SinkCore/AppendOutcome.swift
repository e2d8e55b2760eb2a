/// What became of a record offered to a sink.
public enum AppendOutcome: Sendable, Hashable {
  /// It is buffered until the next flush.
  case taken
  /// There is no room: flush, and offer it again.
  case full
  /// The partition is not this sink's (any more), or the record was taken before: pass over it.
  case stale
}
