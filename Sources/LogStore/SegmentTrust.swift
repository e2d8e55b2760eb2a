import Synchronization

/// Which bytes of a segment that an earlier process wrote are known to be as they were written: their batches had the
/// CRC checked, and what lies outside of the CRC held against the neighbours. Readers verify what they are the first to
/// read, so that each byte costs one look in the life of a process, and a start none. What this process appends needs
/// no look. Shared by all copies of a segment.
@usableFromInline
final class SegmentTrust: Sendable {
  /// Ranges kept; where there would be more, some bytes are looked at again.
  private static let rangeLimit = 1024

  /// Bytes from here on are this process's own, or were verified at the start.
  @usableFromInline let end: Int64
  /// Offsets may be missing between batches, as compaction leaves them.
  let allowsGaps: Bool
  private let epochs: KnownEpochs
  private struct State {
    /// Ascending, apart from each other, and each from one batch's beginning to another's end.
    var ranges: [Range<Int64>] = []
    var endIsKnown = false
  }

  private let state = Mutex(State())

  init(end: Int64, allowsGaps: Bool, epochs: KnownEpochs) {
    self.end = end
    self.allowsGaps = allowsGaps
    self.epochs = epochs
  }

  /// Up to where the bytes from `position` on are verified: `position` when they are not, `Int64.max` when all are.
  @usableFromInline
  func verifiedEnd(from position: Int64) -> Int64 {
    if position >= end { return .max }
    return state.withLock { state in
      guard let range = state.ranges.last(where: { $0.lowerBound <= position }), position < range.upperBound else {
        return position
      }
      return range.upperBound >= end ? .max : range.upperBound
    }
  }

  /// Whether an offset that is missing before the batch at `position` has to be looked into.
  @usableFromInline
  func isSuspicious(at position: Int64) -> Bool {
    !allowsGaps && position < end && verifiedEnd(from: position) <= position
  }

  /// Whether it has to be looked into that the last batches lie before the end of the segment's offsets.
  @usableFromInline var endIsSuspicious: Bool { !allowsGaps && !state.withLock { $0.endIsKnown } }

  /// All was looked into, what is missing included.
  func addAll() {
    add(0..<end)
    state.withLock { $0.endIsKnown = true }
  }

  /// The bytes of these whole batches are sound.
  func add(_ range: Range<Int64>) {
    guard !range.isEmpty else { return }
    state.withLock { state in
      var merged = range
      let first = state.ranges.firstIndex { $0.upperBound >= range.lowerBound } ?? state.ranges.count
      var last = first
      while last < state.ranges.count, state.ranges[last].lowerBound <= range.upperBound {
        let other = state.ranges[last]
        merged = min(merged.lowerBound, other.lowerBound)..<max(merged.upperBound, other.upperBound)
        last += 1
      }
      if first == last, state.ranges.count >= Self.rangeLimit { return }
      state.ranges.replaceSubrange(first..<last, with: [merged])
    }
  }

  /// What leader epoch the batch at this offset has; nil where that is not known.
  func epoch(at offset: Int64) -> Int32? { epochs.epoch(at: offset) }
}
