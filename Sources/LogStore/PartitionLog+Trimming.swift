import Base

extension PartitionLog {
  /// Bytes of all segments with their indexes.
  public var diskSize: Int64 { sealed.reduce(active.diskSize) { $0 + $1.diskSize } }

  /// The segments that lie wholly before `limit` (the high watermark), oldest first, the one that is appended to only
  /// when that was a while ago; none where `cleanup.policy` does not allow to delete.
  public func trimmableSegments(upTo limit: Int64, now: Int64) -> [TrimmableSegment] {
    guard failure == nil, configuration.deletesOldSegments else { return [] }
    var segments = Array(sealed.prefix { $0.nextOffset <= limit })
    let isIdle = now.subtractingClamped(active.lastAppendTime) > Self.idleMilliseconds
    if isIdle, segments.count == sealed.count, active.size > 0, active.nextOffset <= limit { segments.append(active) }
    return segments.map {
      TrimmableSegment(endOffset: $0.nextOffset, byteCount: $0.diskSize, lastAppendTime: $0.lastAppendTime)
    }
  }

  /// Lets go of the segments that lie wholly before `offset`, which `trimmableSegments` named. Run what is returned
  /// without the lock.
  public mutating func trim(before offset: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    if offset >= logEndOffset, active.size > 0 { try roll(to: logEndOffset, now: now) }
    return try raiseLogStartOffset(to: min(offset, logEndOffset))
  }

  /// Rolls the segment being appended to when it has more bytes, so that what it holds can be trimmed. Only where
  /// `cleanup.policy` allows to delete. True when it did.
  public mutating func roll(ifLargerThan byteCount: Int64, now: Int64) throws(LogError) -> Bool {
    try checkUsable()
    guard configuration.deletesOldSegments, active.size > 0, active.size > byteCount else { return false }
    try roll(to: logEndOffset, now: now)
    return true
  }
}

extension Segment {
  var diskSize: Int64 { size + Int64(offsetIndex.byteCount + timeIndex.byteCount) }
}
