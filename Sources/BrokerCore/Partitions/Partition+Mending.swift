import Base
import LogStore

extension Partition {
  /// Resolves a read that needed the disk; where it meets damage, the segment is mended and the read tried once more.
  /// Blocks.
  func resolve(
    _ read: ColdRead<Files>, from offset: Int64, maxBytes: Int, now: Moment, effects: inout [BrokerEffect<Files>]
  ) throws(LogError) -> LogSlice<Files>? {
    do throws(LogError) {
      return try read.resolve()
    } catch {
      guard mend(error, now: now, effects: &effects) else { throw error }
    }
    let again = self.read(from: offset, maxBytes: maxBytes, leaderEpoch: -1)
    switch again.result {
    case .slice(let slice): return slice
    case .empty: return nil
    case .needsDisk(let read): return try read.resolve()
    }
  }

  /// Mends the segment that `error` names, if it names one. False when that did not work, and the error stands. Blocks
  /// for as long as it takes to read the segment; the lock is held to begin and to end only.
  func mend(_ error: LogError, now: Moment, effects: inout [BrokerEffect<Files>]) -> Bool {
    guard case .corrupt(let path, _, _) = error else { return false }
    // Two at once would write the same file; the second finds nothing left to do.
    return mendingTurn.withLock { _ in
      do throws(LogError) {
        guard let mending = try mending(ofFile: path, now: now) else { return true }
        let result = try mending.run()
        let removal = try adopt(result)
        if !result.notes.isEmpty {
          effects.append(
            .warning(
              key: "damage \(path)",
              message: "\(id) was damaged; check the disk. \(result.notes.joined(separator: "; "))"))
        }
        do throws(FileError) {
          try removal?.run()
        } catch {
          effects.append(.warning(key: "damage", message: "\(id): \(error); the files go at a later start"))
        }
        return true
      } catch let failure {
        effects.append(.warning(key: "mend \(path)", message: "\(id): \(error); mending it failed: \(failure)"))
        return false
      }
    }
  }

  private func mending(ofFile path: String, now: Moment) throws(LogError) -> SegmentMending<Files>? {
    try state.withLock { (state) throws(LogError) in
      guard !state.isDeleted, state.log.failure == nil else { return nil }
      return try state.log.mending(ofFile: path, now: now.wall)
    }
  }

  private func adopt(_ result: SegmentMendingResult<Files>) throws(LogError) -> SegmentRemoval<Files>? {
    try state.withLock { (state) throws(LogError) in
      guard !state.isDeleted else { return nil }
      return try state.log.adopt(result)
    }
  }
}
