import Base
import LogStore

extension Broker {
  /// Lets go of segments that retention no longer wants, and names the groups that lose unread records by it, or will
  /// before the next times. Every `log.retention.check.interval.ms`.
  public func applyRetention(now: Moment, effects: inout [BrokerEffect<Files>]) {
    let partitions = topics.all.flatMap(\.partitions)
    tellLost(partitions.compactMap { $0.retentionRemoval(now: now) }, .retention, &effects)
    for partition in partitions { partition.applyRetention(now: now, effects: &effects) }
    let (lead, overflow) = settings.retentionCheckMilliseconds.multipliedReportingOverflow(by: 2)
    let expiring = tellExpiring(
      partitions.compactMap { $0.retentionRemoval(now: now, leadMilliseconds: overflow ? .max : lead) }, .retention,
      &effects)
    storageState.withLock { $0.metrics.unreadRecordsExpiring = expiring }
  }
}
