import Base
import Coordination
import LogStore

// __consumer_offsets is a compacted topic. Its coordinator knows all that the log says, so rather than read the log to
// find out what has been overwritten, it states everything anew at the end and lets go of what lies before.
extension GroupShard {
  /// How much longer than what it says a log may get.
  private static var growth: Int64 { 4 }

  func restateIfLong(
    _ state: inout State, now: Moment, loop: Int, _ effects: inout [BrokerEffect<Files>]
  ) {
    // What is pending is in the log and not in the coordinator yet, so nothing may be pending.
    guard state.appends.isEmpty, state.coordinator.pendingAppendCount == 0, partition.size > state.restatementSize
    else { return }
    let records = state.coordinator.records()
    let sizeBefore = partition.size
    var start: Int64?
    var last: Int64 = -1
    do throws(GroupAppendError) {
      for batch in batches(of: records) {
        let appended = try write(batch, &state, now: now, loop: loop, &effects)
        start = start ?? appended.result.baseOffset
        last = appended.result.lastOffset
      }
    } catch {
      effects.append(.warning(key: "groups", message: "\(partition.id) cannot be shortened: \(error)"))
      state.restatementSize = partition.size + leastRestatementSize
      return
    }
    let size = partition.size - sizeBefore
    state.restatementSize = leastRestatementSize + Self.growth * size
    let from = start ?? partition.offsets.logEnd
    state.appends.append(Append(purpose: .restatement(from: from), lastOffset: start == nil ? from - 1 : last))
  }

  /// Batches that stay below half of what one may be, by a generous estimate.
  private func batches(of records: [GroupRecord]) -> [ArraySlice<GroupRecord>] {
    var batches: [ArraySlice<GroupRecord>] = []
    var start = 0
    var size = 0
    for (index, record) in records.enumerated() {
      let next = record.estimatedByteCount
      if size > 0, size + next > batchByteLimit / 2 {
        batches.append(records[start..<index])
        start = index
        size = 0
      }
      size += next
    }
    if start < records.count { batches.append(records[start...]) }
    return batches
  }

  /// The log begins with `offset` from now on; whole segments before it go.
  func dropRecords(before offset: Int64, _ effects: inout [BrokerEffect<Files>]) {
    do throws(PartitionError) {
      guard let removal = try partition.raiseLogStartOffset(to: offset), !removal.isEmpty else { return }
      let id = partition.id
      effects.append(
        .background { effects in
          do throws(FileError) {
            try removal.run()
          } catch {
            effects.append(.warning(key: "groups", message: "\(id): \(error); the files go at a later start"))
          }
        })
    } catch {
      effects.append(.warning(key: "groups", message: "\(partition.id) cannot be shortened: \(error.message)"))
    }
  }
}
