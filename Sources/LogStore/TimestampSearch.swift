import Base
import Records

/// A search by timestamp in a log as it was when it was asked. It needs no lock.
public struct TimestampSearch<Files: FileSystem>: Sendable {
  /// What a search found.
  public struct Match: Sendable {
    /// Of the batch: its largest timestamp, its base offset (at least the log's start) and its leader epoch.
    public let position: TimestampedOffset
    /// The batch, whole, for the caller to look for the record in.
    public let batch: LogSlice<Files>
  }

  let segments: [Segment<Files>]
  let logStartOffset: Int64
  /// nil: the largest.
  let target: Int64?
  let cache: LogFileCache<Files>

  init(segments: [Segment<Files>], logStartOffset: Int64, target: Int64?, cache: LogFileCache<Files>) {
    self.segments = segments
    self.logStartOffset = logStartOffset
    self.target = target
    self.cache = cache
  }

  /// nil when no batch qualifies. Blocks while it reads. Throws a `LogError.file` that `isNotFound` when a segment was
  /// removed meanwhile: ask the log again.
  public func resolve() throws(LogError) -> Match? {
    guard let target else { return try largest() }
    for segment in segments where segment.size > 0 && segment.nextOffset > logStartOffset {
      if let largest = try segment.knownLargest(cache), largest.timestamp < target { continue }
      if let match = try search(segment, target) { return match }
    }
    return nil
  }

  private func search(_ segment: Segment<Files>, _ target: Int64) throws(LogError) -> Match? {
    var position: Int64 = 0
    switch try segment.timeFloor(cache, { $0.timestamp <= target }) {
    case .entry(let entry, _):
      if let confirmed = try segment.confirmed(entry, cache) { position = confirmed.position }
    case .damaged: cache.suspect(segment.path(.timeIndex))
    case .none, .needsDisk: break
    }
    let log = try segment.log(cache)
    let found = try segment.firstBatch(from: position, in: log) {
      $0.maxTimestamp >= target && $0.lastOffset >= logStartOffset
    }
    return found.map { match($0.header, $0.position, log) }
  }

  private func largest() throws(LogError) -> Match? {
    var best: (segment: Segment<Files>, value: TimestampedOffset)?
    for segment in segments where segment.size > 0 && segment.nextOffset > logStartOffset {
      guard let value = try scannedLargest(segment) else { continue }
      if best.map({ value.timestamp > $0.value.timestamp }) ?? true { best = (segment, value) }
    }
    guard let best else { return nil }
    let log = try best.segment.log(cache)
    guard
      case .found(let place) = try best.segment.locate(best.value.offset, in: log, cache: cache, waits: true),
      let found = try best.segment.firstBatch(from: place.position, in: log, { _ in true }),
      found.header.lastOffset >= logStartOffset
    else { return nil }
    return match(found.header, found.position, log)
  }

  /// From the time index, or from the log where that is no help.
  private func scannedLargest(_ segment: Segment<Files>) throws(LogError) -> TimestampedOffset? {
    // In the segment that the log's start lies in, the largest may be one that is no longer there.
    if segment.baseOffset >= logStartOffset, let known = try segment.knownLargest(cache) { return known }
    var largest: TimestampedOffset?
    _ = try segment.firstBatch(from: 0, in: segment.log(cache)) { header in
      if header.lastOffset >= logStartOffset, largest.map({ header.maxTimestamp > $0.timestamp }) ?? true {
        largest = TimestampedOffset(timestamp: header.maxTimestamp, offset: header.lastOffset)
      }
      return false
    }
    return largest
  }

  private func match(_ header: RecordBatchHeader, _ position: Int64, _ log: LogFile<Files>) -> Match {
    Match(
      position: TimestampedOffset(
        timestamp: header.maxTimestamp, offset: max(header.baseOffset, logStartOffset),
        leaderEpoch: header.partitionLeaderEpoch),
      batch: LogSlice(file: log, position: position, size: header.size, baseOffset: header.baseOffset))
  }
}
