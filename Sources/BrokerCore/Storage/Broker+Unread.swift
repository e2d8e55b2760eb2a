import Base
import LogStore

/// Why records go before their consumers have seen them.
enum RemovalCause: String, Sendable {
  case retention = "retention"
  case budget = "the disk budget"
}

extension Broker {
  /// Groups named in one pass; of the others only the number is told.
  private static var namedLimit: Int { 50 }

  /// Says which groups have not read what is removed now, before it is, and counts it.
  func tellLost(
    _ removals: [UnreadRecords.Removal], _ cause: RemovalCause, _ effects: inout [BrokerEffect<Files>]
  ) {
    let lost = unread(removals)
    guard !lost.isEmpty else { return }
    let count = lost.reduce(0) { $0 &+ $1.count }
    storageState.withLock { $0.metrics.unreadRecordsLost &+= count }
    tell(lost, key: "lost", &effects) { one in
      "group \(one.groupID) loses \(one.count) records of \(one.partition) that it has not read (offsets "
        + "\(one.range.lowerBound) to \(one.range.upperBound - 1)): \(cause.rawValue) removes them now"
    }
  }

  /// Says which groups are about to lose records; returns how many.
  func tellExpiring(
    _ removals: [UnreadRecords.Removal], _ cause: RemovalCause, _ effects: inout [BrokerEffect<Files>]
  ) -> Int64 {
    let expiring = unread(removals)
    tell(expiring, key: "unread", &effects) { one in
      "group \(one.groupID) is about to lose \(one.count) records of \(one.partition) that it has not read (offsets "
        + "\(one.range.lowerBound) to \(one.range.upperBound - 1)): \(cause.rawValue) removes them before long"
    }
    return expiring.reduce(0) { $0 &+ $1.count }
  }

  private func tell(
    _ records: [UnreadRecords], key: String, _ effects: inout [BrokerEffect<Files>],
    _ sentence: (UnreadRecords) -> String
  ) {
    for one in records.prefix(Self.namedLimit) {
      effects.append(.warning(key: "\(key) \(one.groupID) \(one.partition)", message: sentence(one)))
    }
    if records.count > Self.namedLimit {
      effects.append(
        .warning(
          key: key, message: "\(records.count - Self.namedLimit) more groups or partitions lose unread records"))
    }
  }

  private func unread(_ removals: [UnreadRecords.Removal]) -> [UnreadRecords] {
    guard !removals.isEmpty else { return [] }
    let partitions = removals.map(\.partition)
    var committed: [TopicPartition: [(groupID: String, offset: Int64)]] = [:]
    for shard in groups.shards {
      shard.read { coordinator in
        for group in coordinator.list() {
          for partition in partitions {
            guard let offset = coordinator.offset(group.groupID, partition)?.offset else { continue }
            committed[partition, default: []].append((group.groupID, offset))
          }
        }
      }
    }
    return UnreadRecords.lost(by: removals, committed)
  }
}
