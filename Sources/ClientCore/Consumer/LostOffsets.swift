import Base

/// Records that a consumer wanted and the broker does not have (any more), because retention or a truncation was faster.
public struct LostOffsets: Sendable, Hashable, CustomStringConvertible {
  public var partition: TopicPartition
  /// The first offset that was wanted.
  public var wanted: Int64
  /// Where reading goes on. Lower than `wanted` when the log ends before it.
  public var continued: Int64

  package init(partition: TopicPartition, wanted: Int64, continued: Int64) {
    self.partition = partition
    self.wanted = wanted
    self.continued = continued
  }

  public var description: String {
    continued > wanted
      ? "\(partition): offsets \(wanted) to \(continued - 1) are not in the log any more; going on at \(continued)"
      : "\(partition): offset \(wanted) is not in the log, which ends before it; going on at \(continued)"
  }
}
