import Base
import LogStore

/// The room that logs take, held against what they may take (`log.disk.budget.bytes`, `log.disk.budget.percent`).
private struct DiskUse<Files: FileSystem> {
  /// How long one warning about what is to come lasts.
  static var warningNanoseconds: Int64 { 60_000_000_000 }
  /// A segment is not rolled for less.
  static var rollBytes: Int64 { 64 << 10 }

  let partitions: [Partition<Files>]
  /// Which directory each lies in.
  let places: [Int]
  /// Bytes of each directory.
  private(set) var used: [Int64]
  /// Bytes each directory may have, and all of them.
  let limits: [Int64]
  let limit: Int64

  init(_ partitions: [Partition<Files>], _ directories: [LogDirectory], limits: [Int64], limit: Int64) {
    self.partitions = partitions
    self.limits = limits
    self.limit = limit
    places = partitions.map { partition in directories.firstIndex { $0 === partition.directory } ?? 0 }
    used = Array(repeating: 0, count: directories.count)
    for (partition, place) in zip(partitions, places) { used[place] += partition.diskSize }
  }

  var total: Int64 { used.reduce(0, +) }

  /// What each directory and all together have too much, were the limits `tenths` of what they are.
  private func excess(_ tenths: Int64) -> (directories: [Int64], all: Int64) {
    func share(_ limit: Int64) -> Int64 { limit == .max ? .max : limit / 10 * tenths + limit % 10 * tenths / 10 }
    return (zip(used, limits).map { max($0 - share($1), 0) }, max(total - share(limit), 0))
  }

  func isOver(tenths: Int64) -> Bool {
    let excess = excess(tenths)
    return excess.all > 0 || excess.directories.contains { $0 > 0 }
  }

  /// What has to go to come down to `tenths` of the limits, and the bytes that are missing to that.
  func plan(tenths: Int64, now: Moment) -> (budget: DiskBudget, missing: Int64) {
    var candidates: [DiskBudget.Candidate] = []
    for (number, partition) in partitions.enumerated() {
      for segment in partition.trimmableSegments(now: now) {
        candidates.append(
          DiskBudget.Candidate(
            partition: number, directory: places[number], endOffset: segment.endOffset, byteCount: segment.byteCount,
            time: segment.lastAppendTime))
      }
    }
    var budget = DiskBudget(candidates)
    var missing: Int64 = 0
    let excess = excess(tenths)
    for (directory, bytes) in excess.directories.enumerated() { missing += budget.free(bytes, in: directory) }
    missing = max(missing, budget.free(max(excess.all - budget.byteCount, 0)))
    return (budget, missing)
  }

  /// Bytes beyond which a segment that is appended to has to end, so that partitions can be trimmed in small steps.
  var segmentLimit: Int64 {
    let smallest = min(limit, limits.min() ?? .max)
    return max(smallest / Int64(4 * max(partitions.count, 1)), Self.rollBytes)
  }
}

extension Broker {
  /// Trims the oldest segments of all topics until they keep to the budget, where there is one. Whoever loses unread
  /// records by that is named before, and from nine tenths of the budget on.
  ///
  /// - Parameter spaces: the room of the disk of each directory, nil where it is unknown.
  func keepToBudget(_ spaces: [DiskSpace?], now: Moment, _ effects: inout [BrokerEffect<Files>]) {
    let settings = settings
    guard settings.diskBudgetBytes >= 0 || settings.diskBudgetPercent > 0 else { return }
    let partitions = topics.all.flatMap(\.partitions)
    var use = diskUse(partitions, spaces, settings)
    if use.isOver(tenths: 5) {
      for partition in partitions { partition.roll(ifLargerThan: use.segmentLimit, now: now, &effects) }
    }
    if use.isOver(tenths: 10) {
      trim(use, now: now, &effects)
      use = diskUse(partitions, spaces, settings)
    }
    warn(use, now: now, &effects)
  }

  private func diskUse(
    _ partitions: [Partition<Files>], _ spaces: [DiskSpace?], _ settings: BrokerSettings
  ) -> DiskUse<Files> {
    let plain = DiskUse(
      partitions, directories, limits: directories.map { _ in .max }, limit: .max)
    let limits = zip(plain.used, spaces).map { used, space -> Int64 in
      guard let space else { return .max }
      var limit = Int64.max
      if settings.diskBudgetPercent > 0 { limit = space.total / 100 * settings.diskBudgetPercent }
      // Others fill the disk too. Half of the reserve more is wanted free, so that records are trimmed before they are
      // refused.
      let reserve = DiskRoom.reserve(settings.diskReserveBytes, total: space.total)
      let wanted = reserve.addingReportingOverflow(reserve / 2)
      let missing = (wanted.overflow ? .max : wanted.partialValue) - space.available
      if missing > 0 { limit = min(limit, max(used - missing, 0)) }
      return limit
    }
    return DiskUse(
      partitions, directories, limits: limits,
      limit: settings.diskBudgetBytes < 0 ? .max : settings.diskBudgetBytes)
  }

  private func trim(_ use: DiskUse<Files>, now: Moment, _ effects: inout [BrokerEffect<Files>]) {
    let (budget, missing) = use.plan(tenths: 10, now: now)
    tellLost(removals(budget, use), .budget, &effects)
    for (number, start) in budget.starts.sorted(by: { $0.key < $1.key }) {
      use.partitions[number].trim(before: start, now: now, &effects)
    }
    if budget.segmentCount > 0 {
      storageState.withLock { state in
        state.metrics.trimmedSegments &+= Int64(budget.segmentCount)
        state.metrics.trimmedBytes &+= budget.byteCount
      }
      effects.append(
        .notice(
          key: "budget",
          message: "the \(budget.segmentCount) oldest segments (\(budget.byteCount) bytes) of \(budget.starts.count) "
            + "partitions were removed to keep to the disk budget"))
    }
    if missing > 0 {
      effects.append(
        .warning(
          key: "over budget",
          message: "logs have \(missing) bytes more than the disk budget allows (log.disk.budget.bytes, "
            + "log.disk.budget.percent), and nothing to trim: what is appended to and what is compacted stays"))
    }
  }

  private func removals(_ budget: DiskBudget, _ use: DiskUse<Files>) -> [UnreadRecords.Removal] {
    budget.starts.sorted { $0.key < $1.key }.compactMap { number, start in
      let partition = use.partitions[number]
      let before = partition.offsets.logStart
      return before < start ? UnreadRecords.Removal(partition: partition.id, range: before..<start) : nil
    }
  }

  private func warn(_ use: DiskUse<Files>, now: Moment, _ effects: inout [BrokerEffect<Files>]) {
    guard use.isOver(tenths: 9) else {
      return storageState.withLock { state in
        state.metrics.unreadRecordsOverBudget = 0
        state.nextBudgetWarning = 0
      }
    }
    let isDue = storageState.withLock { state in
      guard state.nextBudgetWarning <= now.monotonic else { return false }
      state.nextBudgetWarning = now.monotonic + DiskUse<Files>.warningNanoseconds
      return true
    }
    guard isDue else { return }
    let count = tellExpiring(removals(use.plan(tenths: 9, now: now).budget, use), .budget, &effects)
    storageState.withLock { $0.metrics.unreadRecordsOverBudget = count }
  }
}
