import Records

/// What a partition remembers of its idempotent producers, so that a retried batch is appended once (KIP-98). The rules
/// are those of Kafka 4: a producer nobody remembers may begin with any sequence number.
public struct ProducerState: Sendable {
  /// What appending a batch would mean.
  @usableFromInline
  enum Verdict: Sendable {
    case new
    case duplicate(ProducerEntry.Batch)
  }

  @usableFromInline var slots: [ProducerEntry] = []
  @usableFromInline var indices: [Int64: Int] = [:]

  @inlinable public init() {}

  /// In no order.
  public var entries: [ProducerEntry] { slots }
  @inlinable public var count: Int { slots.count }

  /// The offset of each producer's last record.
  var lastOffsets: [Int64: Int64] {
    slots.reduce(into: [:]) { offsets, entry in
      if entry.batchCount > 0 { offsets[entry.producerID] = entry.batches[entry.batchCount - 1].lastOffset }
    }
  }

  public subscript(producerID: Int64) -> ProducerEntry? { indices[producerID].map { slots[$0] } }

  @inlinable
  static func lastSequence(of header: borrowing RecordBatchHeader) -> Int32 {
    let (sum, overflow) = header.baseSequence.addingReportingOverflow(header.lastOffsetDelta)
    return overflow ? header.lastOffsetDelta &- (Int32.max &- header.baseSequence) &- 1 : sum
  }

  /// Judges a batch of a client. `header.producerID`, `baseSequence` and `lastOffsetDelta` are not negative.
  @inlinable
  func check(_ header: RecordBatchHeader) throws(LogError) -> Verdict {
    guard let index = indices[header.producerID] else { return .new }
    let epoch = slots[index].epoch
    if header.producerEpoch < epoch {
      throw .invalidProducerEpoch(producerID: header.producerID, epoch: header.producerEpoch, current: epoch)
    }
    if let batch = slots[index].duplicate(
      baseSequence: header.baseSequence, lastSequence: Self.lastSequence(of: header), epoch: header.producerEpoch)
    {
      return .duplicate(batch)
    }
    if epoch == -1 { return .new }
    // A new epoch begins with 0; so does an epoch of which only a transaction marker is known.
    let last = header.producerEpoch == epoch ? slots[index].lastSequence : -1
    let expected = last == Int32.max ? 0 : last &+ 1
    guard header.baseSequence == expected else {
      throw .outOfOrderSequence(
        producerID: header.producerID, epoch: header.producerEpoch, expected: expected, found: header.baseSequence)
    }
    return .new
  }

  /// Notes a batch that lies in the log now.
  @inlinable
  mutating func add(_ header: RecordBatchHeader, at time: Int64, limit: Int) {
    let batch = ProducerEntry.Batch(
      lastSequence: Self.lastSequence(of: header), offsetDelta: header.lastOffsetDelta, lastOffset: header.lastOffset,
      timestamp: header.maxTimestamp)
    if let index = indices[header.producerID] {
      slots[index].add(batch, epoch: header.producerEpoch)
      slots[index].lastTimestamp = time
    } else {
      insert(
        ProducerEntry(producerID: header.producerID, epoch: header.producerEpoch, lastTimestamp: time), limit: limit)
      slots[slots.count &- 1].add(batch, epoch: header.producerEpoch)
    }
  }

  /// `entry` goes to the end of `slots`; its producer must be unknown.
  @usableFromInline
  mutating func insert(_ entry: ProducerEntry, limit: Int) {
    if slots.count >= max(limit, 1) { forgetLongestSilent(keeping: max(limit, 1) - max(limit / 8, 1)) }
    indices[entry.producerID] = slots.count
    slots.append(entry)
  }

  private mutating func forgetLongestSilent(keeping count: Int) {
    keep(slots.sorted { $0.lastTimestamp > $1.lastTimestamp }.prefix(count).map { $0 })
  }

  private mutating func keep(_ entries: [ProducerEntry]) {
    slots = entries
    indices = [:]
    for (index, entry) in entries.enumerated() { indices[entry.producerID] = index }
  }

  /// Forgets who was silent since before `time` and has no open transaction.
  mutating func expire(before time: Int64) {
    func isKept(_ entry: ProducerEntry) -> Bool {
      entry.lastTimestamp >= time || entry.currentTransactionFirstOffset >= 0
    }
    if slots.allSatisfy(isKept) { return }
    keep(slots.filter(isKept))
  }
}

extension ProducerState {
  /// Takes over the batches of each producer whose last one is the same in `history`.
  mutating func adoptHistory(_ history: ProducerState) {
    for index in slots.indices {
      guard let known = history[slots[index].producerID], known.epoch == slots[index].epoch,
        let last = known.lastBatch, last.lastSequence == slots[index].lastSequence,
        last.lastOffset == slots[index].lastOffset
      else { continue }
      slots[index].batches = known.batches
      slots[index].batchCount = known.batchCount
    }
  }
}
