import Base
import LogStore

extension Partition {
  /// Compacts the log where that is worth it. Blocks; the lock is held to begin and to end only.
  func compact(now: Moment, effects: inout [BrokerEffect<Files>]) {
    do throws(CompactionError) {
      guard let compaction = try compaction(now: now) else { return }
      let result = try compaction.run()
      let removal = try adopt(result)
      do throws(FileError) {
        try removal?.run()
      } catch {
        throw .log(.file(error))
      }
      effects.append(
        .notice(
          key: "compaction", message: "compacted \(id) from \(result.byteCountBefore) to \(result.byteCountAfter) bytes"
        ))
    } catch {
      effects.append(.warning(key: "compaction", message: "\(id) was not compacted: \(error)"))
    }
  }

  private func compaction(now: Moment) throws(CompactionError) -> Compaction<Files>? {
    try state.withLock { (state) throws(CompactionError) in
      guard !state.isDeleted, state.log.failure == nil else { return nil }
      do throws(LogError) {
        return try state.log.compaction(cleanOffset: state.cleanOffset, upTo: state.highWatermark, now: now.wall)
      } catch {
        throw .log(error)
      }
    }
  }

  private func adopt(_ result: CompactionResult<Files>) throws(CompactionError) -> SegmentRemoval<Files>? {
    try state.withLock { (state) throws(CompactionError) in
      guard !state.isDeleted else { return nil }
      do throws(LogError) {
        let removal = try state.log.adopt(result)
        state.cleanOffset = result.cleanOffset
        return removal
      } catch {
        throw .log(error)
      }
    }
  }
}
