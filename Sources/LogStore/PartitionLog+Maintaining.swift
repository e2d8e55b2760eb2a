import Base
import Records

extension PartitionLog {
  /// How long a file must not have been appended to before `maintain` closes it.
  static var idleMilliseconds: Int64 { 60_000 }

  /// Housekeeping that costs nothing when there is nothing to do: forgets expired producers, closes an idle file,
  /// makes indexes anew that readers found wrong. Call it every minute or so. May read a whole segment in that last
  /// case. Returns the names of the indexes it made.
  public mutating func maintain(now: Int64) throws(LogError) -> [String] {
    try checkUsable()
    producerState.expire(before: now.subtractingClamped(configuration.producerIDExpirationMilliseconds))
    if active.file != nil, !needsSync, now.subtractingClamped(active.lastAppendTime) > Self.idleMilliseconds {
      active.file = nil
      active.forgetRecents()
    }
    var mended: [String] = []
    for path in cache.takeSuspects(in: directory) {
      guard let name = SegmentName.parse(path.lastPathComponent) else { continue }
      do throws(FileError) {
        if try rebuildIndexes(ofSegment: name.baseOffset) { mended.append(path) }
      } catch {
        throw .file(error)
      }
    }
    return mended
  }

  private mutating func rebuildIndexes(ofSegment baseOffset: Int64) throws(FileError) -> Bool {
    let interval = configuration.indexIntervalBytes
    if baseOffset == active.baseOffset {
      var segment = active
      try segment.rebuildIndexes(cache, indexInterval: interval)
      active = segment
      return true
    }
    guard let index = sealed.firstIndex(where: { $0.baseOffset == baseOffset }) else { return false }
    var segment = sealed[index]
    try segment.rebuildIndexes(cache, indexInterval: interval)
    sealed[index] = segment
    return true
  }
}

extension Int64 {
  /// The difference, at the ends of the range where it would overflow.
  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : difference
  }
}
