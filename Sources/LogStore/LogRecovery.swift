import Base
import Records

/// Makes a log's files consistent before the log is used: finds the segments, verifies what lies behind the recovery
/// point, cuts what is torn, and makes lost indexes anew.
struct LogRecovery<Files: FileSystem> {
  let directory: String
  let configuration: LogConfiguration
  let cache: LogFileCache<Files>
  /// Batches that end before it are trusted; `Int64.max` after a clean shutdown.
  let recoveryPoint: Int64
  /// Nothing that was written can have got lost: the machine has not restarted since.
  let pagesSurvived: Bool

  var segments: [Segment<Files>] = []
  var snapshots: [Int64] = []
  var leaderEpochs = LeaderEpochs()
  /// As the file had them.
  var storedEpochs = LeaderEpochs()
  var mustRebuildEpochs = false
  /// For those who read what was not verified here.
  let knownEpochs = KnownEpochs()
  /// Offsets behind parts that were moved away as damaged.
  var knownGapEnds: Set<Int64> = []
  var report = RecoveryReport()

  init(
    directory: String, configuration: LogConfiguration, cache: LogFileCache<Files>, recoveryPoint: Int64,
    pagesSurvived: Bool
  ) {
    self.directory = directory
    self.configuration = configuration
    self.cache = cache
    self.recoveryPoint = recoveryPoint
    self.pagesSurvived = pagesSurvived
  }

  /// What a removal, a compaction or a replacement left unfinished. For good: a power loss must not bring back under its
  /// old name what is appended to under that name next.
  func removeLeftovers(_ names: [String]) throws(FileError) {
    let leftovers = names.filter { name in
      [".deleted", ".cleaned", ".mended", ".tmp"].contains(where: name.hasSuffix)
    }
    if leftovers.isEmpty { return }
    for name in leftovers { try cache.files.remove("\(directory)/\(name)") }
    try cache.files.syncDirectory(directory)
  }

  mutating func readLeaderEpochs() throws(FileError) {
    let path = "\(directory)/\(LeaderEpochs.fileName)"
    let content = try cache.files.readWhole(path, limit: LineFile.limit)
    if let content, let epochs = LeaderEpochs(content: content) {
      leaderEpochs = epochs
      storedEpochs = epochs
      knownEpochs.set(epochs)
      return
    }
    mustRebuildEpochs = true
    if content != nil { report.mendedFiles.append("\(path): it is no leader epoch checkpoint; made anew from the log") }
  }

  /// They are made anew from the batches, which contradict them.
  private mutating func forgetLeaderEpochs(_ flaw: String) {
    report.mendedFiles.append("\(directory)/\(LeaderEpochs.fileName): \(flaw); made anew from the log")
    leaderEpochs = LeaderEpochs()
    mustRebuildEpochs = true
  }

  mutating func findSegments(_ names: [String], now: Int64) throws(FileError) {
    let found = names.compactMap(SegmentName.parse)
    let bases = found.filter { $0.kind == .log }.map(\.baseOffset).sorted()
    snapshots = found.filter { $0.kind == .producerSnapshot }.map(\.baseOffset).sorted()
    knownGapEnds = Set(names.compactMap { QuarantineName.parse($0)?.upperBound })
    let known = Set(bases)
    for (base, kind) in found where (kind == .offsetIndex || kind == .timeIndex) && !known.contains(base) {
      try cache.files.remove("\(directory)/\(SegmentName.file(base, kind))")
    }
    for base in bases {
      var segment = Segment<Files>(baseOffset: base, directory: directory, size: 0, lastAppendTime: now)
      guard let status = try cache.files.status(path: segment.path(.log)) else { continue }
      segment.size = min(status.size, Int64(Int32.max))
      segment.lastAppendTime = min(status.modified, now)
      segments.append(segment)
    }
    for index in segments.indices.dropLast() { segments[index].nextOffset = segments[index + 1].baseOffset }
  }

  mutating func recoverSegments() throws(FileError) {
    for index in segments.indices {
      let isLast = index == segments.count - 1
      guard isLast || segments[index].nextOffset > recoveryPoint else {
        segments[index] = try loadedSealed(segments[index])
        continue
      }
      let expectedEnd = isLast ? nil : segments[index].nextOffset
      var segment = segments[index]
      let isSound = try recover(&segment, expectedEnd: expectedEnd)
      segments[index] = segment
      if isSound { continue }
      try removeSegments(from: index + 1)
      // The removed ones may have begun behind a gap: the log goes on right behind what is left.
      return
    }
  }

  /// A segment that nobody appends to and whose content is trusted: only its indexes must be there.
  private mutating func loadedSealed(_ found: Segment<Files>) throws(FileError) -> Segment<Files> {
    var segment = found
    if segment.size == 0, segment.nextOffset > segment.baseOffset, !configuration.compacts,
      !knownGapEnds.contains(segment.nextOffset)
    {
      return try mended(segment, fileSize: 0, expectedEnd: segment.nextOffset)
    }
    let offsets = try indexSize(segment, .offsetIndex)
    let times = try indexSize(segment, .timeIndex)
    let isPlausible =
      offsets.map { $0 % OffsetIndexEntry.size == 0 } ?? false && times.map { $0 % TimeIndexEntry.size == 0 } ?? false
    let needsEntries = segment.size > Int64(16 * max(configuration.indexIntervalBytes, 4096))
    if segment.size > 0 { segment.trust = trust(upTo: segment.size) }
    if let offsets, let times, isPlausible, !needsEntries || offsets > 0 {
      segment.offsetIndex = SparseIndex(storedCount: offsets / OffsetIndexEntry.size, last: nil)
      segment.timeIndex = SparseIndex(storedCount: times / TimeIndexEntry.size, last: nil)
      return segment
    }
    report.mendedFiles.append("\(segment.path(.offsetIndex)): missing or cut; made anew from the log")
    try segment.rebuildIndexes(cache, indexInterval: configuration.indexIntervalBytes)
    return segment
  }

  private func trust(upTo end: Int64) -> SegmentTrust {
    SegmentTrust(end: end, allowsGaps: configuration.compacts, epochs: knownEpochs)
  }

  func indexSize(_ segment: Segment<Files>, _ kind: SegmentName.Kind) throws(FileError) -> Int? {
    guard let status = try cache.files.status(path: segment.path(kind)) else { return nil }
    return Int(min(status.size, 1 << 40))
  }

  /// Verifies a segment from the recovery point on, sets its end, and cuts what is damaged. False when something was.
  mutating func recover(_ segment: inout Segment<Files>, expectedEnd: Int64?) throws(FileError) -> Bool {
    let fileSize = segment.size
    let log = try cache.file(segment.path(.log))
    try trustIndexes(&segment, log, fileSize: fileSize)
    let start = segment.size
    var epochs = leaderEpochs
    let scan = try segment.scan(
      log, to: fileSize, verifies: true, allowsGaps: configuration.compacts, knownGapEnds: knownGapEnds,
      epochs: mustRebuildEpochs ? nil : Segment.ScanEpochs(known: leaderEpochs, syncedEnd: recoveryPoint),
      indexInterval: configuration.indexIntervalBytes
    ) { header in
      if header.partitionLeaderEpoch > epochs.latest {
        _ = epochs.assign(header.partitionLeaderEpoch, at: header.baseOffset)
      }
    }
    report.verifiedBytes += scan.end - start
    if scan.deniesEpochs {
      forgetLeaderEpochs(scan.damage ?? "")
      segment.size = fileSize
      return try recover(&segment, expectedEnd: expectedEnd)
    }
    leaderEpochs = epochs
    var damage = scan.damage
    if damage == nil, let expectedEnd, segment.nextOffset != expectedEnd, !knownGapEnds.contains(expectedEnd),
      !configuration.compacts || segment.nextOffset > expectedEnd
    {
      damage = "it ends with offset \(segment.nextOffset), the next segment begins with \(expectedEnd)"
    }
    if start > 0 { segment.trust = trust(upTo: start) }
    if damage != nil,
      try mayMend(segment, log, fileSize: fileSize, expectedEnd: expectedEnd, isEpochOnly: scan.isEpochOnly)
    {
      segment = try mended(segment, fileSize: fileSize, expectedEnd: expectedEnd)
      return true
    }
    if scan.end < fileSize {
      report.truncatedBytes += fileSize - scan.end
      try cache.files.truncate(log.handle, to: scan.end)
      // What is cut must not come back behind what is appended next.
      try cache.files.sync(log.handle)
    }
    if let damage { report.mendedFiles.append("\(log.path): byte \(scan.end): \(damage); cut there") }
    segment.firstAppendTime = segment.size > 0 ? segment.lastAppendTime : nil
    if expectedEnd != nil, damage == nil {
      segment.addTimeIndexEntry()
      try segment.writeIndexes(cache, all: true)
      segment.forgetRecents()
      segment.nextOffset = expectedEnd ?? segment.nextOffset
    } else if segment.indexesNeedWrite {
      try segment.writeIndexes(cache)
    }
    return damage == nil
  }

  mutating func removeSegments(from index: Int) throws(FileError) {
    // The newest first: should this be interrupted, what is left has no hole.
    while segments.count > index, let segment = segments.popLast() {
      report.removedSegments.append(segment.baseOffset)
      report.truncatedBytes += segment.size
      try remove(segment)
    }
  }

  private func remove(_ segment: Segment<Files>) throws(FileError) {
    for kind in [SegmentName.Kind.log, .offsetIndex, .timeIndex] {
      let path = segment.path(kind)
      cache.forget(path)
      if try cache.files.status(path: path) != nil { try cache.files.remove(path) }
    }
  }
}
