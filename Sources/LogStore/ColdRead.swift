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

  /// nil when there is nothing to read, or when compaction replaced the segment meanwhile: the reader asks again then,
  /// as after any empty answer. Blocks while it reads. Throws a `LogError.file` that `isNotFound` when the segment was
  /// removed: ask the log again.
  public func resolve() throws(LogError) -> LogSlice<Files>? {
    for segment in segments {
      let result: SliceResult<Files>
      do throws(LogError) {
        result = try segment.slice(request, cache: cache, waits: true)
      } catch {
        if case .corrupt = error, try wasReplaced(segment) { return nil }
        throw error
      }
      switch result {
      case .slice(let slice): return slice
      case .ended: return nil
      case .absent, .needsDisk: continue
      }
    }
    return nil
  }

  private func wasReplaced(_ segment: Segment<Files>) throws(LogError) -> Bool {
    let log = try segment.log(cache)
    do throws(FileError) {
      return try cache.files.status(log.handle).size != segment.size
    } catch {
      throw .file(error)
    }
  }
}
