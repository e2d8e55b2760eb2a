/// Which segments go when there are more bytes than there may be: the ones appended to longest ago, across topics.
struct DiskBudget: Sendable {
  struct Candidate: Sendable {
    /// Numbers that the caller gave.
    var partition: Int
    var directory: Int
    /// The offset after the segment.
    var endOffset: Int64
    var byteCount: Int64
    /// When it was last appended to.
    var time: Int64
  }

  private var candidates: [Candidate]
  private var isTaken: [Bool]
  /// The new start of each partition that loses something.
  private(set) var starts: [Int: Int64] = [:]
  private(set) var segmentCount = 0
  private(set) var byteCount: Int64 = 0

  /// - Parameter candidates: those of one partition in the order of the log.
  init(_ candidates: [Candidate]) {
    var candidates = candidates
    var latest: [Int: Int64] = [:]
    for index in candidates.indices {
      // A log is trimmed from its start, whatever the clock did meanwhile.
      let partition = candidates[index].partition
      let time = max(candidates[index].time, latest[partition] ?? .min)
      candidates[index].time = time
      latest[partition] = time
    }
    self.candidates = candidates.sorted {
      ($0.time, $0.partition, $0.endOffset) < ($1.time, $1.partition, $1.endOffset)
    }
    isTaken = Array(repeating: false, count: candidates.count)
  }

  /// Takes segments until they have `excess` bytes; returns what of that is missing.
  ///
  /// - Parameter directory: the one whose segments are meant; nil for all.
  mutating func free(_ excess: Int64, in directory: Int? = nil) -> Int64 {
    var missing = excess
    for index in candidates.indices where missing > 0 && !isTaken[index] {
      let candidate = candidates[index]
      guard directory == nil || candidate.directory == directory else { continue }
      isTaken[index] = true
      starts[candidate.partition] = max(candidate.endOffset, starts[candidate.partition] ?? 0)
      segmentCount += 1
      byteCount += candidate.byteCount
      missing -= candidate.byteCount
    }
    return max(missing, 0)
  }
}
