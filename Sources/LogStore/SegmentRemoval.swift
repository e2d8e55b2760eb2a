import Base

/// Files that the log has let go of. `run` removes them; it may take a while for large ones, so call it on a thread
/// that may wait. Should the process end before, they are found when the log is opened, and removed by retention again.
public struct SegmentRemoval<Files: FileSystem>: Sendable {
  /// Base offsets, in order.
  public let baseOffsets: [Int64]
  /// Bytes of log they had.
  public let byteCount: Int64
  let paths: [String]
  let files: Files

  init(baseOffsets: [Int64], byteCount: Int64, paths: [String], files: Files) {
    self.baseOffsets = baseOffsets
    self.byteCount = byteCount
    self.paths = paths
    self.files = files
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
