import Base

/// What a pass of compaction wrote, beside the segments that it replaces.
public struct CompactionResult<Files: FileSystem>: Sendable {
  struct Replacement: Sendable {
    /// Of the segments to be replaced, in order.
    var baseOffsets: [Int64]
    /// Bytes they had.
    var sizes: [Int64]
    var segment: Segment<Files>
  }

  /// What the next pass need not look at again: to be kept in `OffsetCheckpoint.cleanOffsets`.
  public let cleanOffset: Int64
  /// Bytes of log that were read.
  public let byteCountBefore: Int64
  /// Bytes of log that are left of them.
  public var byteCountAfter: Int64 { replacements.reduce(0) { $0 + $1.segment.size } }
  let truncations: UInt64
  var replacements: [Replacement] = []

  init(cleanOffset: Int64, truncations: UInt64, byteCountBefore: Int64) {
    self.cleanOffset = cleanOffset
    self.truncations = truncations
    self.byteCountBefore = byteCountBefore
  }

  /// Removes what was written and not adopted.
  func discard(_ files: Files) throws(FileError) {
    for replacement in replacements {
      do throws(FileError) {
        try files.remove(replacement.segment.path(.log) + CompactionWriter<Files>.suffix)
      } catch {
        guard error.isNotFound else { throw error }
      }
    }
  }
}
