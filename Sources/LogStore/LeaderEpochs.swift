/// Which leader epoch began at which offset (KIP-101), as `leader-epoch-checkpoint` keeps it: both only grow.
public struct LeaderEpochs: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public var epoch: Int32
    /// Of the first batch that epoch's leader wrote.
    public var startOffset: Int64

    public init(epoch: Int32, startOffset: Int64) {
      self.epoch = epoch
      self.startOffset = startOffset
    }
  }

  package static let fileName = "leader-epoch-checkpoint"
  /// More leaders than a partition has in its life; older entries go.
  static let limit = 100_000

  public private(set) var entries: [Entry] = []

  public init() {}

  /// From the content of the checkpoint file; nil when it makes no sense.
  public init?(content: [UInt8]) {
    guard let lines = LineFile.lines(content), lines.count <= Self.limit else { return nil }
    for line in lines {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      guard fields.count == 2, let epoch = Int32(fields[0]), let offset = Int64(fields[1]), epoch >= 0, offset >= 0
      else { return nil }
      if let last = entries.last, last.epoch >= epoch || last.startOffset > offset { return nil }
      entries.append(Entry(epoch: epoch, startOffset: offset))
    }
  }

  var content: [UInt8] { LineFile.content(entries.map { "\($0.epoch) \($0.startOffset)" }) }

  /// -1 when there is none.
  @inlinable public var latest: Int32 { entries.last?.epoch ?? -1 }

  /// Notes that a batch of `epoch` begins at `offset`; true when that is news. Entries that contradict it go, as the
  /// leader's word counts.
  @inlinable
  public mutating func assign(_ epoch: Int32, at offset: Int64) -> Bool {
    if epoch == latest || epoch < 0 { return false }
    return insert(epoch, at: offset)
  }

  @usableFromInline
  mutating func insert(_ epoch: Int32, at offset: Int64) -> Bool {
    if let same = entries.first(where: { $0.epoch == epoch }), same.startOffset <= offset { return false }
    entries.removeAll { $0.epoch >= epoch || $0.startOffset >= offset }
    entries.append(Entry(epoch: epoch, startOffset: offset))
    if entries.count > Self.limit { entries.removeFirst() }
    return true
  }

  /// The largest epoch not above `epoch`, and the offset after its last record; nil when all are above it or there
  /// are none, or when `epoch` is above the latest (OffsetForLeaderEpoch then answers that it is unknown).
  public func endOffset(of epoch: Int32, logEndOffset: Int64) -> (epoch: Int32, endOffset: Int64)? {
    if epoch == latest { return (epoch, logEndOffset) }
    guard epoch >= 0, epoch < latest, let next = entries.firstIndex(where: { $0.epoch > epoch }) else { return nil }
    // An epoch before the first one known ends where that begins, as Kafka answers.
    return next == 0 ? (epoch, entries[0].startOffset) : (entries[next - 1].epoch, entries[next].startOffset)
  }

  /// The epoch of the record at `offset`; nil when it is not known.
  public func epoch(at offset: Int64) -> Int32? {
    entries.last { $0.startOffset <= offset }?.epoch
  }

  /// Everything from `offset` on is gone. True when that changed something.
  mutating func truncate(from offset: Int64) -> Bool {
    guard let last = entries.last, last.startOffset >= offset else { return false }
    entries.removeAll { $0.startOffset >= offset }
    return true
  }

  /// Everything before `offset` is gone. True when that changed something.
  mutating func truncate(before offset: Int64) -> Bool {
    guard let first = entries.first, first.startOffset < offset,
      let kept = entries.lastIndex(where: { $0.startOffset <= offset })
    else { return false }
    entries.removeFirst(kept)
    entries[0].startOffset = max(offset, entries[0].startOffset)
    return true
  }
}
