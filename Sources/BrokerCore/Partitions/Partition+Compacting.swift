import Base
import LogStore

extension Partition {
  /// Compacts the log where that is worth it. Blocks; the lock is held to begin and to adopt each new segment only.
  ///
  /// - Parameter keyMemory: bytes for keys; with more of them it takes several passes.
  func compact(keyMemory: Int, now: Moment, effects: inout [BrokerEffect<Files>]) {
    do throws(CompactionError) {
      guard var compaction = try compaction(now: now) else { return }
      compaction.keyMemory = keyMemory
      guard compaction.workingByteCount <= directory.spareByteCount else {
        effects.append(
          .warning(
            key: "compaction",
            message:
              "\(id) is not compacted: that takes up to \(compaction.workingByteCount) bytes of disk, and the room on "
              + "the disk of \(directory.path) is not enough"))
        return
      }
      let result = try compaction.run { (replacement) throws(CompactionError) in try adopt(replacement) }
      state.withLock { state in
        if !state.isDeleted, state.log.confirms(result) { state.cleanOffset = result.cleanOffset }
      }
      effects.append(
        .notice(
          key: "compaction", message: "compacted \(id) from \(result.byteCountBefore) to \(result.byteCountAfter) bytes"
        ))
    } catch {
      if case .log(let error) = error { note(error) }
      effects.append(.warning(key: "compaction", message: "\(id) was not compacted: \(error)"))
      // The next turn finds the segment mended.
      if case .log(let damage) = error { _ = mend(damage, now: now, effects: &effects) }
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

  /// Replaces segments by a compacted one; false when they are gone.
  private func adopt(_ replacement: CompactionReplacement<Files>) throws(CompactionError) -> Bool {
    let removal = try state.withLock { (state) throws(CompactionError) -> SegmentRemoval<Files>? in
      guard !state.isDeleted else { return nil }
      do throws(LogError) {
        return try state.log.adopt(replacement)
      } catch {
        throw .log(error)
      }
    }
    do throws(FileError) {
      try removal?.run()
    } catch {
      throw .log(.file(error))
    }
    return removal != nil
  }
}
