import Base

extension PartitionLog {
  /// Batches from the one that holds `offset` on (or the next, where compaction removed it): at least one whole batch,
  /// else at most `maxBytes`, of one segment, and none at or behind `limit`, which must lie between batches
  /// (a high watermark, the last stable offset, or `logEndOffset`). Never waits for the disk.
  @inlinable
  public mutating func read(
    from offset: Int64, maxBytes: Int, upTo limit: Int64
  ) throws(LogError) -> LogReadResult<Files> {
    try checkUsable()
    let end = min(limit, logEndOffset)
    guard offset >= logStartOffset, offset <= logEndOffset else {
      throw .offsetOutOfRange(offset, logStartOffset: logStartOffset, logEndOffset: logEndOffset)
    }
    if offset >= end { return .empty }
    if active.size > 0 { _ = try activeFile() }
    let request = ReadRequest(offset: offset, maxBytes: maxBytes, limit: end)
    if offset < active.baseOffset {
      return try readSealed(request)
    }
    switch try active.slice(request, cache: cache, waits: false) {
    case .slice(let slice): return .slice(slice)
    case .absent, .ended: return .empty
    case .needsDisk: return .needsDisk(ColdRead(segments: [active], request: request, cache: cache))
    }
  }

  @usableFromInline
  func readSealed(_ request: ReadRequest) throws(LogError) -> LogReadResult<Files> {
    var index = sealedIndex(holding: request.offset)
    while index <= sealed.count {
      let segment = index < sealed.count ? sealed[index] : active
      switch try segment.slice(request, cache: cache, waits: false) {
      case .slice(let slice): return .slice(slice)
      case .ended: return .empty
      case .absent: index += 1
      case .needsDisk:
        return .needsDisk(ColdRead(segments: sealed[index...] + [active], request: request, cache: cache))
      }
    }
    return .empty
  }

  /// Of the last segment that begins at or before `offset`.
  func sealedIndex(holding offset: Int64) -> Int {
    var low = 0
    var high = sealed.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if sealed[middle].baseOffset <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
