import Base
import Records

extension Segment {
  /// What a scan of batches found.
  struct Scan: Sendable {
    /// Where the last sound batch ends.
    var end: Int64
    /// What is wrong with the bytes behind it; nil when there are none.
    var damage: String?
    /// All that is wrong is the leader epoch of the batch there.
    var isEpochOnly = false
    /// It is rather what is known of leader epochs that is wrong.
    var deniesEpochs = false
  }

  /// What leader epochs are known while a log is scanned.
  struct ScanEpochs {
    var known: LeaderEpochs
    /// No epoch is missing in `known` that begins before this offset.
    var syncedEnd: Int64
    /// The largest that was scanned.
    var latest: Int32 = -1

    /// Whether a batch with a smaller epoch than is known speaks against what is known: the one before it or the one
    /// behind it has the same.
    func areDenied(by header: RecordBatchHeader, next: Int32?) -> Bool {
      let epoch = header.partitionLeaderEpoch
      guard epoch >= 0, let known = known.epoch(at: header.baseOffset), epoch < known else { return false }
      return epoch == latest || epoch == next
    }

    /// - Parameter next: the epoch of the batch behind this one, where there is one.
    mutating func flaw(_ header: RecordBatchHeader, next: Int32?) -> String? {
      let epoch = header.partitionLeaderEpoch
      let floor = known.epoch(at: header.baseOffset).map { max($0, latest) } ?? latest
      let isNews = epoch > floor && header.baseOffset >= syncedEnd && next.map { $0 >= epoch } ?? true
      if floor >= 0, epoch != floor, !isNews { return "leader epoch \(epoch) where \(floor) is expected" }
      latest = epoch
      return nil
    }
  }

  /// Bytes read at once.
  static var scanBufferSize: Int { 256 << 10 }

  /// Walks the batches from `start`, where the fields of this segment stand, to `end` and notes each one.
  /// - Parameters:
  ///   - verifies: check each CRC.
  ///   - allowsGaps: offsets may be missing between batches, as compaction leaves them.
  ///   - knownGapEnds: offsets before which others are missing in any case.
  ///   - epochs: to hold those of the batches against; nil: they are taken as they are.
  mutating func scan(
    _ log: LogFile<Files>, to end: Int64, verifies: Bool, allowsGaps: Bool, knownGapEnds: Set<Int64> = [],
    epochs: ScanEpochs? = nil, indexInterval: Int, _ visit: (RecordBatchHeader) -> Void
  ) throws(FileError) -> Scan {
    let byteCount = Int(min(Int64(Self.scanBufferSize), max(end - size, Int64(RecordBatchHeader.size))))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    defer { buffer.deallocate() }
    var reader = BatchReader(log, end: end, waits: true, buffer: buffer)
    var epochs = epochs
    while true {
      switch try reader.step(at: size, minimumOffset: nextOffset) {
      case .batch(let header):
        if header.lastOffset - baseOffset > Int64(Int32.max) {
          return Scan(end: size, damage: "offset \(header.lastOffset) is too far from the segment's base offset")
        }
        if header.baseOffset != nextOffset, !allowsGaps, !knownGapEnds.contains(header.baseOffset) {
          return Scan(end: size, damage: "base offset \(header.baseOffset) where \(nextOffset) is expected")
        }
        if verifies, try !reader.hasValidChecksum(header, at: size) {
          return Scan(end: size, damage: "the CRC of the batch with offset \(header.baseOffset) does not fit")
        }
        if epochs != nil {
          let next = try reader.step(at: size + Int64(header.size), minimumOffset: header.nextOffset)
          let nextEpoch = next.header?.partitionLeaderEpoch
          let areDenied = epochs?.areDenied(by: header, next: nextEpoch) ?? false
          if let flaw = epochs?.flaw(header, next: nextEpoch) {
            return Scan(end: size, damage: flaw, isEpochOnly: true, deniesEpochs: areDenied)
          }
        }
        visit(header)
        note(header, indexInterval: indexInterval)
      case .end, .needsDisk: return Scan(end: size, damage: nil)
      case .damaged(let reason): return Scan(end: size, damage: reason)
      }
    }
  }

  /// Makes both indexes anew from the `.log`. After an error this value is not to be used any more.
  mutating func rebuildIndexes(_ cache: LogFileCache<Files>, indexInterval: Int) throws(FileError) {
    guard let log = try openLog(cache, waits: true) else { return }
    let whole = (size: size, nextOffset: nextOffset, recents: recents, nextRecent: nextRecent)
    rewind()
    let scan = try scan(log, to: whole.size, verifies: false, allowsGaps: true, indexInterval: indexInterval) { _ in }
    // Readers meet the damage and tell; what lies behind it stays as it is, without an index.
    if scan.damage != nil { size = whole.size }
    nextOffset = whole.nextOffset
    recents = whole.recents
    nextRecent = whole.nextRecent
    addTimeIndexEntry()
    try writeIndexes(cache, all: true)
  }

  /// To before its first batch.
  mutating func rewind() {
    size = 0
    nextOffset = baseOffset
    largest = nil
    bytesSinceIndexEntry = 0
    offsetIndex = SparseIndex(storedCount: 0, last: nil)
    timeIndex = SparseIndex(storedCount: 0, last: nil)
    forgetRecents()
  }
}
