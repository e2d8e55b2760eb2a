import Base

/// A compacted segment, written and synced beside those that it replaces.
public struct CompactionReplacement<Files: FileSystem>: Sendable {
  /// Of the segments to be replaced, in order.
  let baseOffsets: [Int64]
  /// Bytes they had.
  let sizes: [Int64]
  let segment: Segment<Files>
  /// How often the log was truncated when the pass began.
  let truncations: UInt64
}
