import Base

extension PartitionLog {
  /// A log that could not be opened: it takes no calls, but for `delete`, and holds on to what the checkpoints know of
  /// it, so that they lose nothing.
  public init(
    unavailable directory: String, configuration: LogConfiguration, cache: LogFileCache<Files>, recoveryPoint: Int64,
    logStartOffset: Int64, reason: String
  ) {
    self.init(
      directory: directory, configuration: configuration, cache: cache, start: max(logStartOffset, 0), now: 0)
    self.recoveryPoint = max(recoveryPoint, 0)
    failure = reason
  }

  /// The log takes no calls any more, but for `delete`: its disk has failed.
  public mutating func takeOffline(_ reason: String) {
    failure = failure ?? reason
    active.file = nil
  }
}
