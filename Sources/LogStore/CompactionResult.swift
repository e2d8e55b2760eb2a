/// What a pass of compaction did.
public struct CompactionResult: Sendable {
  /// What the next pass need not look at again: to be kept in `OffsetCheckpoint.cleanOffsets` where
  /// `PartitionLog.confirms` it.
  public let cleanOffset: Int64
  /// Bytes of log that were replaced, and that replaced them.
  public internal(set) var byteCountBefore: Int64 = 0
  public internal(set) var byteCountAfter: Int64 = 0
  /// False when the log changed under it, and the pass ended early.
  public internal(set) var isComplete = true
  let truncations: UInt64

  init(cleanOffset: Int64, truncations: UInt64) {
    self.cleanOffset = cleanOffset
    self.truncations = truncations
  }
}
