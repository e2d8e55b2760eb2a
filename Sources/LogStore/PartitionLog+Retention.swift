import Base

extension PartitionLog {
  /// Lets go of the oldest segments that retention by time or bytes no longer wants and that lie wholly before `limit`
  /// (the high watermark); `logStartOffset` moves. Run what is returned without the lock. A segment is as old as its
  /// newest record says, but never younger than its last append: a timestamp from the future keeps nothing.
  public mutating func applyRetention(upTo limit: Int64, now: Int64) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    var unwanted = try unwantedSegments(upTo: limit, configuration, now: now)
    if unwanted.includesActive {
      try roll(to: logEndOffset, now: now)
      unwanted.count = sealed.count
    }
    return try removeOldest(unwanted.count)
  }

  /// What `applyRetention` would make the log's start now, or before long; nil where it would remove nothing.
  ///
  /// - Parameter leadMilliseconds: how far to look ahead: so long or, where that is more, a tenth of `retention.ms` but
  ///   no more than an hour, and never more than half of it; and to nine tenths of `retention.bytes`. nil for not at all.
  public mutating func retentionEnd(
    upTo limit: Int64, now: Int64, leadMilliseconds: Int64? = nil
  ) throws(LogError) -> Int64? {
    try checkUsable()
    var configuration = configuration
    if let leadMilliseconds {
      let retention = configuration.retentionMilliseconds
      if retention >= 0 {
        let lead = max(leadMilliseconds, min(retention / 10, 3_600_000))
        configuration.retentionMilliseconds -= min(lead, retention / 2)
      }
      configuration.retentionBytes -= max(configuration.retentionBytes, 0) / 10
    }
    let unwanted = try unwantedSegments(upTo: limit, configuration, now: now)
    if unwanted.includesActive { return logEndOffset }
    return unwanted.count == 0 ? nil : sealed[unwanted.count - 1].nextOffset
  }

  private mutating func unwantedSegments(
    upTo limit: Int64, _ configuration: LogConfiguration, now: Int64
  ) throws(LogError) -> (count: Int, includesActive: Bool) {
    var excess = configuration.retentionBytes < 0 ? -1 : size.subtractingClamped(configuration.retentionBytes)
    var count = 0
    while count < sealed.count {
      let segment = try withLargestTimestamp(sealed[count])
      sealed[count].largest = segment.largest
      guard segment.nextOffset <= limit, isUnwanted(segment, configuration, excess: excess, now: now) else { break }
      excess -= segment.size
      count += 1
    }
    let includesActive =
      count == sealed.count && active.size > 0 && active.nextOffset <= limit
      && isUnwanted(active, configuration, excess: excess, now: now)
    return (count, includesActive)
  }

  private func isUnwanted(
    _ segment: Segment<Files>, _ configuration: LogConfiguration, excess: Int64, now: Int64
  ) -> Bool {
    if segment.nextOffset <= logStartOffset { return true }
    guard configuration.deletesOldSegments else { return false }
    if excess >= segment.size, segment.size > 0 { return true }
    guard configuration.retentionMilliseconds >= 0 else { return false }
    var age = now.subtractingClamped(segment.lastAppendTime)
    if let largest = segment.largest, largest.timestamp >= 0 {
      age = max(age, now.subtractingClamped(largest.timestamp))
    }
    return age > configuration.retentionMilliseconds
  }

  /// A segment that was rolled before this process began does not know its largest timestamp yet.
  private func withLargestTimestamp(_ segment: Segment<Files>) throws(LogError) -> Segment<Files> {
    guard segment.largest == nil, configuration.deletesOldSegments, configuration.retentionMilliseconds >= 0 else {
      return segment
    }
    var segment = segment
    segment.largest = try segment.storedLargest(cache)
    return segment
  }

  /// DeleteRecords: nothing before `offset` is readable any more, whole segments before it go. An `offset` before the
  /// present start changes nothing. The caller has checked it against the high watermark.
  public mutating func raiseLogStartOffset(to offset: Int64) throws(LogError) -> SegmentRemoval<Files> {
    try checkUsable()
    guard offset <= logEndOffset else {
      throw .offsetOutOfRange(offset, logStartOffset: logStartOffset, logEndOffset: logEndOffset)
    }
    if offset > logStartOffset {
      logStartOffset = offset
      if leaderEpochs.truncate(before: offset) { epochChanges &+= 1 }
    }
    return try removeOldest(sealed.prefix { $0.nextOffset <= logStartOffset }.count)
  }

  private mutating func removeOldest(_ count: Int) throws(LogError) -> SegmentRemoval<Files> {
    var removal = SegmentRemoval(files: cache.files)
    var done = 0
    defer {
      sealed.removeFirst(done)
      let first = sealed.first?.baseOffset ?? active.baseOffset
      if first > logStartOffset, done > 0 {
        logStartOffset = first
        if leaderEpochs.truncate(before: first) { epochChanges &+= 1 }
      }
    }
    while done < count {
      try letGo(of: sealed[done], &removal)
      done += 1
    }
    return removal
  }

  mutating func letGo(
    of segment: Segment<Files>, _ removal: inout SegmentRemoval<Files>
  ) throws(LogError) {
    do throws(FileError) {
      try letGo(of: segment, kinds: SegmentName.Kind.allCases, &removal)
    } catch {
      throw .file(error)
    }
    removal.baseOffsets.append(segment.baseOffset)
    removal.byteCount += segment.size
  }

  /// Renames files of a segment, so that they are nothing to a start that comes before they are removed.
  mutating func letGo(
    of segment: Segment<Files>, kinds: [SegmentName.Kind], _ removal: inout SegmentRemoval<Files>
  ) throws(FileError) {
    for kind in kinds {
      let path = segment.path(kind)
      if try cache.files.status(path: path) != nil {
        try cache.files.rename(path, to: path + ".deleted")
        removal.paths.append(path + ".deleted")
      }
      cache.forget(path)
    }
    if kinds.contains(.producerSnapshot) { snapshots.removeAll { $0 == segment.baseOffset } }
  }
}
