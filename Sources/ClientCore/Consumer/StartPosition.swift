/// Where reading a partition begins.
public enum StartPosition: Sendable, Hashable {
  case beginning
  /// What is appended from now on.
  case end
  case offset(Int64)
  /// The first record with this time or a later one, milliseconds since 1970-01-01 UTC.
  case time(Int64)
}
