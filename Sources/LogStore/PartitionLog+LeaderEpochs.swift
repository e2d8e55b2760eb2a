import Base
import Records

extension PartitionLog {
  /// Entries of the checkpoint that are held against the log at a start; one arises with each unclean start.
  private static var confirmedEpochLimit: Int { 64 }

  /// Whether the batches at which leader epochs begin say so too. The checkpoint has no checksum of its own.
  ///
  /// - Parameter wasCut: the log lost its end at this start, so that the last epochs may lie behind it.
  func leaderEpochsFit(wasCut: Bool) throws(FileError) -> Bool {
    var previous: Int32 = -1
    for entry in leaderEpochs.entries.suffix(Self.confirmedEpochLimit) {
      if entry.startOffset >= logEndOffset { return wasCut || logEndOffset == logStartOffset }
      guard entry.startOffset >= logStartOffset else { continue }
      guard try fits(entry, after: previous) else { return false }
      previous = entry.epoch
    }
    return true
  }

  private func fits(_ entry: LeaderEpochs.Entry, after previous: Int32) throws(FileError) -> Bool {
    guard let (first, second) = try headers(from: entry.startOffset) else { return true }
    // The epoch's own batches may be compacted away, or lost to damage.
    if configuration.compacts || first.baseOffset > entry.startOffset {
      return first.partitionLeaderEpoch >= entry.epoch
    }
    if first.partitionLeaderEpoch != entry.epoch {
      // An epoch that cannot be there was damaged in the batch; the one behind it tells.
      let isPossible = first.partitionLeaderEpoch >= previous && first.partitionLeaderEpoch < entry.epoch
      return !isPossible && second?.partitionLeaderEpoch == entry.epoch
    }
    if entry.startOffset == logStartOffset { return true }
    guard first.baseOffset == entry.startOffset else { return false }
    guard let (before, _) = try headers(from: entry.startOffset - 1) else { return true }
    // Where the batch before is missing, it is the epoch's own that was found.
    return before.partitionLeaderEpoch != entry.epoch || before.nextOffset > entry.startOffset
  }

  /// The headers of the batch that holds `offset` and of the one behind it; nil where they cannot be read, which is
  /// somebody else's to tell.
  private func headers(
    from offset: Int64
  ) throws(FileError) -> (RecordBatchHeader, RecordBatchHeader?)? {
    guard let segment = (sealed + [active]).last(where: { $0.baseOffset <= offset }), segment.size > 0 else {
      return nil
    }
    var found: [RecordBatchHeader] = []
    do throws(LogError) {
      let log = try segment.log(cache)
      guard case .found(let place) = try segment.locate(offset, in: log, cache: cache, waits: true) else { return nil }
      _ = try segment.firstBatch(from: place.position, in: log) { header in
        found.append(header)
        return found.count == 2
      }
    } catch {
      if case .file(let error) = error { throw error }
      if found.isEmpty { return nil }
    }
    return found.first.map { ($0, found.dropFirst().first) }
  }

  /// Makes the leader epochs anew from the log. An epoch that the next batch takes back was damaged in its batch.
  mutating func rebuildLeaderEpochs(_ report: inout RecoveryReport) throws(FileError) {
    var epochs = LeaderEpochs()
    var candidate: (epoch: Int32, offset: Int64)?
    func settle(before next: Int32) {
      if let found = candidate, next >= found.epoch { _ = epochs.assign(found.epoch, at: found.offset) }
      candidate = nil
    }
    let damage = try forEachHeader(from: sealed.first?.baseOffset ?? active.baseOffset) { header in
      let epoch = header.partitionLeaderEpoch
      settle(before: epoch)
      if epoch > epochs.latest { candidate = (epoch, header.baseOffset) }
    }
    settle(before: .max)
    if let damage { report.mendedFiles.append(damage) }
    leaderEpochs = epochs
  }
}
