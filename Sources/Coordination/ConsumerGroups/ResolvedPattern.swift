/// The topics that a regular expression matched when it was last looked at, as kept in `__consumer_offsets`.
public struct ResolvedPattern: Sendable, Hashable {
  /// Sorted.
  public var topics: [String]
  /// The catalog's.
  public var version: Int64
  /// Milliseconds since 1970-01-01 UTC.
  public var timestamp: Int64

  public init(topics: [String], version: Int64, timestamp: Int64) {
    self.topics = topics
    self.version = version
    self.timestamp = timestamp
  }
}
