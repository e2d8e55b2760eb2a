import Base

/// Files that the log has let go of. `run` removes them; it may take a while for large ones, so call it on a thread
/// that may wait. Should the process end before, the next start removes them.
public struct SegmentRemoval<Files: FileSystem>: Sendable {
  /// Base offsets, in order.
  public internal(set) var baseOffsets: [Int64] = []
  /// Bytes of log they had.
  public internal(set) var byteCount: Int64 = 0
  var paths: [String] = []
  let files: Files

  init(files: Files) {
    self.files = files
  }

  mutating func add(_ other: SegmentRemoval) {
    baseOffsets += other.baseOffsets
    byteCount += other.byteCount
    paths += other.paths
  }

  public var isEmpty: Bool { paths.isEmpty }

  /// Blocks.
  public func run() throws(FileError) {
    for path in paths {
      do throws(FileError) {
        try files.remove(path)
      } catch {
        guard error.isNotFound else { throw error }
      }
    }
  }
}
