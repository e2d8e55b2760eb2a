/// What a broker's disks and retention did since it started, and what is to come.
public struct StorageMetrics: Sendable, Hashable {
  /// Records that retention or the disk budget removed before a consumer group had read them, counted for each group.
  public internal(set) var unreadRecordsLost: Int64 = 0
  /// Records that a group has not read and that retention removes before long, as of the last look.
  public internal(set) var unreadRecordsExpiring: Int64 = 0
  /// The same for the disk budget.
  public internal(set) var unreadRecordsOverBudget: Int64 = 0
  /// What the disk budget removed.
  public internal(set) var trimmedSegments: Int64 = 0
  public internal(set) var trimmedBytes: Int64 = 0

  init() {}
}
