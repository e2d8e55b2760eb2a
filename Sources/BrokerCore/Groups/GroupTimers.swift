import Base
import LogStore

/// At what time a loop has promised to call which coordinators.
struct GroupTimers<Files: FileSystem> {
  private var deadlines: [Int32: (deadline: Int64, shard: GroupShard<Files>)] = [:]
  /// Monotonic time of the next call; nil for never.
  private(set) var first: Int64?

  mutating func set(_ shard: GroupShard<Files>, to deadline: Int64) {
    deadlines[shard.partition.id.partition] = (deadline, shard)
    first = min(first ?? deadline, deadline)
  }

  mutating func removeDue(at time: Int64) -> [GroupShard<Files>] {
    guard let first, first <= time else { return [] }
    let due = deadlines.values.filter { $0.deadline <= time }.map(\.shard)
    for shard in due { deadlines[shard.partition.id.partition] = nil }
    self.first = deadlines.values.map(\.deadline).min()
    return due.sorted { $0.partition.id.partition < $1.partition.id.partition }
  }
}
