import Base

/// Records of one partition that a consumer group has not read and loses, or is about to lose.
struct UnreadRecords: Sendable, Hashable {
  /// What goes of a partition: from its start to a later offset.
  struct Removal: Sendable, Hashable {
    var partition: TopicPartition
    var range: Range<Int64>
  }

  var groupID: String
  var partition: TopicPartition
  var range: Range<Int64>

  var count: Int64 { range.upperBound - range.lowerBound }

  /// What the groups lose, the most first.
  ///
  /// - Parameter committed: the next offset that a group wants of a partition.
  static func lost(
    by removals: [Removal], _ committed: [TopicPartition: [(groupID: String, offset: Int64)]]
  ) -> [UnreadRecords] {
    var lost: [UnreadRecords] = []
    for removal in removals {
      for (groupID, offset) in committed[removal.partition] ?? [] where offset < removal.range.upperBound {
        let first = max(offset, removal.range.lowerBound)
        lost.append(
          UnreadRecords(groupID: groupID, partition: removal.partition, range: first..<removal.range.upperBound))
      }
    }
    return lost.sorted { ($1.count, $0.groupID) < ($0.count, $1.groupID) }
  }
}
