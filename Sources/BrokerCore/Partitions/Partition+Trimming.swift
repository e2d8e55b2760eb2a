import Base
import LogStore

extension Partition {
  /// Bytes of its log with indexes.
  var diskSize: Int64 { state.withLock { $0.isDeleted ? 0 : $0.log.diskSize } }

  /// What may go when the disk has no room.
  func trimmableSegments(now: Moment) -> [TrimmableSegment] {
    state.withLock { $0.isDeleted ? [] : $0.log.trimmableSegments(upTo: $0.highWatermark, now: now.wall) }
  }

  /// What retention would remove now or, with a lead, before long; nil for nothing.
  func retentionRemoval(now: Moment, leadMilliseconds: Int64? = nil) -> UnreadRecords.Removal? {
    state.withLock { state in
      guard !state.isDeleted, state.log.failure == nil else { return nil }
      do throws(LogError) {
        let start = state.log.logStartOffset
        guard
          let end = try state.log.retentionEnd(
            upTo: state.highWatermark, now: now.wall, leadMilliseconds: leadMilliseconds), end > start
        else { return nil }
        return UnreadRecords.Removal(partition: id, range: start..<end)
      } catch {
        // What cannot be read is told by `applyRetention`, which meets it too.
        return nil
      }
    }
  }

  /// Ends the segment that is appended to when it is larger.
  func roll(ifLargerThan byteCount: Int64, now: Moment, _ effects: inout [BrokerEffect<Files>]) {
    let outcome = state.withLock { state -> Result<Bool, LogError> in
      guard !state.isDeleted, state.log.failure == nil else { return .success(false) }
      return Result { () throws(LogError) in
        guard try state.log.roll(ifLargerThan: byteCount, now: now.wall) else { return false }
        requestSync(&state, &effects)
        return true
      }
    }
    if case .failure(let error) = outcome {
      note(error)
      effects.append(.warning(key: "budget", message: "\(id): \(error)"))
    }
  }

  /// Removes the segments that lie wholly before `offset`.
  func trim(before offset: Int64, now: Moment, _ effects: inout [BrokerEffect<Files>]) {
    let removal = state.withLock { state -> Result<SegmentRemoval<Files>?, LogError> in
      guard !state.isDeleted, state.log.failure == nil else { return .success(nil) }
      return Result { () throws(LogError) in try state.log.trim(before: offset, now: now.wall) }
    }
    finish(removal, key: "budget", &effects)
  }

  /// Removes the files that the log has let go of.
  func finish(
    _ removal: Result<SegmentRemoval<Files>?, LogError>, key: String, _ effects: inout [BrokerEffect<Files>]
  ) {
    do throws(LogError) {
      guard let removal = try removal.get(), !removal.isEmpty else { return }
      do throws(FileError) {
        try removal.run()
      } catch {
        directory.note(error)
        effects.append(.warning(key: key, message: "\(id): \(error); the files go at a later start"))
      }
    } catch {
      note(error)
      effects.append(.warning(key: key, message: "\(id): \(error)"))
    }
  }
}
