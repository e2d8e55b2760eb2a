/// What opening a log found and mended; worth a line in the broker's log unless it is `isClean`.
public struct RecoveryReport: Sendable, Hashable {
  /// Bytes whose checksums were verified: what lay after the recovery point.
  public var verifiedBytes: Int64 = 0
  /// Bytes cut off behind the last whole batch, those of `removedSegments` included.
  public var truncatedBytes: Int64 = 0
  /// Base offsets of segments that lay behind a damaged one.
  public var removedSegments: [Int64] = []
  /// Files that were missing or damaged and were made anew or left aside, with the reason.
  public var mendedFiles: [String] = []

  public init() {}

  public var isClean: Bool { truncatedBytes == 0 && removedSegments.isEmpty && mendedFiles.isEmpty }
}
