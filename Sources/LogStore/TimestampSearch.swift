import Base

/// A search by timestamp in a log as it was when it was asked. It needs no lock.
public struct TimestampSearch<Files: FileSystem>: Sendable {
  let segments: [Segment<Files>]
  let logStartOffset: Int64
  /// nil: the largest.
  let target: Int64?
  let cache: LogFileCache<Files>

  init(segments: [Segment<Files>], logStartOffset: Int64, target: Int64?, cache: LogFileCache<Files>) {
    self.segments = segments
    self.logStartOffset = logStartOffset
    self.target = target
    self.cache = cache
  }

  /// What a search found.
  public struct Match: Sendable {
    /// Of the batch: its largest timestamp, its base offset (at least the log's start) and its leader epoch.
    public let position: TimestampedOffset
    /// The batch, whole, for the caller to look for the record in.
    public let batch: LogSlice<Files>
  }

  /// nil when no batch qualifies. Blocks while it reads.
  public func resolve() throws(LogError) -> Match? {
    throw .offline("timestamp search", reason: "this call is not built yet")
  }
}
