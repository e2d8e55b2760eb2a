import Base

/// A read whose place must be looked up on disk. It holds what it needs of the log as it was, so it is resolved without
/// the partition's lock.
public struct ColdRead<Files: FileSystem>: Sendable {
  @usableFromInline let segments: [Segment<Files>]
  @usableFromInline let request: ReadRequest
  @usableFromInline let cache: LogFileCache<Files>

  @usableFromInline
  init(segments: [Segment<Files>], request: ReadRequest, cache: LogFileCache<Files>) {
    self.segments = segments
    self.request = request
    self.cache = cache
  }

  /// nil when there is nothing to read. Blocks while it reads. Throws a `LogError.file` that `isNotFound` when the
  /// segment was removed meanwhile: ask the log again.
  public func resolve() throws(LogError) -> LogSlice<Files>? {
    for segment in segments {
      switch try segment.slice(request, cache: cache, waits: true) {
      case .slice(let slice): return slice
      case .ended: return nil
      case .absent, .needsDisk: continue
      }
    }
    return nil
  }
}
