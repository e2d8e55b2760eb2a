import Base

/// What one segment has for a read.
@usableFromInline
enum SliceResult<Files: FileSystem>: Sendable {
  case slice(LogSlice<Files>)
  /// This segment has nothing from the offset on, the next one may.
  case absent
  /// The limit comes first.
  case ended
  case needsDisk
}

extension Segment {
  @inlinable
  func slice(
    _ request: ReadRequest, cache: LogFileCache<Files>, waits: Bool
  ) throws(LogError) -> SliceResult<Files> {
    if size == 0 { return .absent }
    let opened: LogFile<Files>?
    do throws(FileError) {
      opened = try openLog(cache, waits: waits)
    } catch {
      throw .file(error)
    }
    guard let log = opened else { return .needsDisk }
    switch try locate(request.offset, in: log, cache: cache, waits: waits) {
    case .absent:
      guard let trust, request.offset >= baseOffset, trust.endIsSuspicious else { return .absent }
      guard waits else { return .needsDisk }
      throw .corrupt(log.path, position: size, reason: "its batches end before offset \(nextOffset)")
    case .needsDisk: return .needsDisk
    case .found(let first):
      if first.baseOffset >= request.limit { return .ended }
      guard let end = try position(of: request.limit, in: log, cache: cache, waits: waits) else { return .needsDisk }
      let room = Int(end &- first.position)
      guard room > 0 else { return .ended }
      var size = min(room, max(first.size, request.maxBytes))
      if let trust, first.position < trust.end {
        guard let trusted = try trustedSize(size, from: first, in: log, trust, waits: waits) else { return .needsDisk }
        size = trusted
      }
      return .slice(LogSlice(file: log, position: first.position, size: size, baseOffset: first.baseOffset))
    }
  }

  /// Where the batches before `limit` end; nil when the disk is needed to tell.
  @inlinable
  func position(
    of limit: Int64, in log: LogFile<Files>, cache: LogFileCache<Files>, waits: Bool
  ) throws(LogError) -> Int64? {
    if limit >= nextOffset { return size }
    switch try locate(limit, in: log, cache: cache, waits: waits) {
    case .found(let place): return place.position
    case .absent: return size
    case .needsDisk: return nil
    }
  }
}
