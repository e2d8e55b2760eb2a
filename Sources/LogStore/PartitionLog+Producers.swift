import Base
import Records

extension PartitionLog {
  /// Bytes of log before a snapshot that are looked through for what the snapshot leaves out.
  static var historyBytes: Int64 { 256 << 10 }

  /// Builds the state of the producers from the newest sound snapshot and the batches behind it. Snapshots from beyond
  /// the log's end go.
  mutating func loadProducers(_ report: inout RecoveryReport, now: Int64) throws(FileError) {
    producerState = ProducerState()
    // What lies before the log's start may still be there and count.
    let first = sealed.first?.baseOffset ?? active.baseOffset
    var start = first
    var kept: [Int64] = []
    var hasFound = false
    for offset in snapshots.sorted(by: >) {
      let path = "\(directory)/\(SegmentName.file(offset, .producerSnapshot))"
      if offset > logEndOffset {
        try cache.files.remove(path)
        continue
      }
      if hasFound {
        kept.append(offset)
        continue
      }
      guard let content = try cache.files.readWhole(path, limit: ProducerSnapshot.byteLimit),
        let state = ProducerSnapshot.decode(content)
      else {
        report.mendedFiles.append("\(path): it is no producer snapshot, or not whole; an older one served")
        try cache.files.remove(path)
        continue
      }
      hasFound = true
      kept.append(offset)
      // Where batches behind the snapshot are gone, it may be outdated: better to know nothing of a producer.
      guard offset >= first else { continue }
      producerState = state
      start = offset
      if state.count > 0 { try restoreHistory(before: offset) }
    }
    snapshots = kept.reversed()
    try replayProducers(from: start, &report, now: now)
  }

  private mutating func replayProducers(
    from start: Int64, _ report: inout RecoveryReport, now: Int64
  ) throws(FileError) {
    if start >= logEndOffset { return }
    var state = producerState
    let limit = configuration.producerLimit
    let flaw = try forEachHeader(from: start) { header in
      guard header.producerID >= 0, header.lastOffset >= start, !header.attributes.isControl else { return }
      state.add(header, at: now, limit: limit)
    }
    if let flaw { report.mendedFiles.append(flaw) }
    producerState = state
  }

  /// A snapshot has the last batch of each producer, a client in flight may repeat five. The others are in the log.
  private mutating func restoreHistory(before offset: Int64) throws(FileError) {
    guard let segment = (sealed + [active]).last(where: { $0.baseOffset < offset && $0.size > 0 }) else { return }
    var start = segment.baseOffset
    let floor = try segment.offsetFloor(cache, waits: true) { Int64($0.position) <= segment.size - Self.historyBytes }
    if case .entry(let entry, _) = floor, entry.relativeOffset >= 0 {
      start += Int64(entry.relativeOffset)
    } else if segment.size > 4 * Self.historyBytes {
      return
    }
    var history = ProducerState()
    let limit = configuration.producerLimit
    // Damage is told by the replay, and by whoever reads there.
    _ = try forEachHeader(from: start) { header in
      guard header.producerID >= 0, header.nextOffset <= offset, !header.attributes.isControl else { return }
      history.add(header, at: 0, limit: limit)
    }
    producerState.adoptHistory(history)
  }
}
