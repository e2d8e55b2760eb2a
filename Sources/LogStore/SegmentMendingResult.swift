import Base

/// What mending a segment found and wrote.
public struct SegmentMendingResult<Files: FileSystem>: Sendable {
  let truncations: UInt64
  let baseOffset: Int64
  /// Bytes the segment had.
  let size: Int64
  /// Most batches have another leader epoch than the checkpoint says.
  let epochsDisagree: Bool
  /// The segment without what was damaged, written beside it; nil where nothing had to be moved.
  var replacement: Segment<Files>?
  /// What was moved away, lost or restored, in words; none where the segment is sound.
  public internal(set) var notes: [String] = []
}
