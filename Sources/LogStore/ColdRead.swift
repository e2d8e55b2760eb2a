import Base

/// A read whose place must be looked up on disk. It holds what it needs of the log as it was, so it is resolved without
/// the partition's lock.
public struct ColdRead<Files: FileSystem>: Sendable {
  @usableFromInline let segments: [Segment<Files>]
  @usableFromInline let offset: Int64
  @usableFromInline let maxBytes: Int
  @usableFromInline let limit: Int64
  @usableFromInline let cache: LogFileCache<Files>

  @usableFromInline
  init(
    segments: [Segment<Files>], offset: Int64, maxBytes: Int, limit: Int64, cache: LogFileCache<Files>
  ) {
    self.segments = segments
    self.offset = offset
    self.maxBytes = maxBytes
    self.limit = limit
    self.cache = cache
  }
}

extension ColdRead {
  /// nil when there is nothing to read. Blocks while it reads.
  public func resolve() throws(LogError) -> LogSlice<Files>? {
    throw .offline("cold read", reason: "this call is not built yet")
  }
}
