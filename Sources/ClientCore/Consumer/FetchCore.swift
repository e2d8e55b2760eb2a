import Base
import KafkaProtocol
import NIOCore
import Records

/// Decides what a consumer fetches: positions, looking them up, one fetch session for each broker, a bounded buffer of
/// what was fetched and not asked for yet. Its shell brings answers and carries out the effects.
public struct FetchCore {
  struct Asked {
    let offset: Int64
    let version: UInt64
  }

  struct Fetch {
    let broker: Int32
    let asked: [TopicPartition: Asked]
    let names: [UUID: String]
  }

  struct Listing {
    let broker: Int32
    let versions: [TopicPartition: UInt64]
  }

  struct Queued {
    let partition: TopicPartition
    let event: ConsumerEvent
    let byteCount: Int
  }

  let options: ConsumerOptions
  let responseSizeLimit: Int32
  let retryBackoff: Backoff
  var random: SeededRandom
  var partitions: [TopicPartition: FetchPartition] = [:]
  var sessions: [Int32: FetchSession] = [:]
  var fetches: [UInt64: Fetch] = [:]
  var listings: [UInt64: Listing] = [:]
  var queue: [Queued] = []
  /// Bytes of `queue`.
  public internal(set) var buffered = 0
  var nextNumber: UInt64 = 1
  var nextVersion: UInt64 = 1

  public init(
    options: ConsumerOptions, responseSizeLimit: Int, retryBackoff: Backoff, random: SeededRandom
  ) {
    self.options = options
    self.responseSizeLimit = Int32(clamping: responseSizeLimit)
    self.retryBackoff = retryBackoff
    self.random = random
  }

  // MARK: what to read

  /// Begins to read a partition, or goes on elsewhere in one.
  public mutating func assign(_ partition: TopicPartition, at start: StartPosition) {
    unassign(partition)
    var position: Int64?
    if case .offset(let offset) = start { position = max(0, offset) }
    partitions[partition] = FetchPartition(
      position: position, lookup: start, maxBytes: max(1, options.partitionMaxBytes), version: nextVersion,
      backoff: retryBackoff)
    nextVersion += 1
  }

  /// Stops reading a partition; what is buffered of it is dropped.
  public mutating func unassign(_ partition: TopicPartition) {
    guard partitions.removeValue(forKey: partition) != nil else { return }
    for queued in queue where queued.partition == partition { buffered -= queued.byteCount }
    queue.removeAll { $0.partition == partition }
  }

  /// Holds a partition back, or no longer.
  public mutating func setPaused(_ partition: TopicPartition, _ isPaused: Bool) {
    partitions[partition]?.isPaused = isPaused
  }

  /// Where reading a partition goes on behind what was fetched; nil when that is not known yet.
  public func position(of partition: TopicPartition) -> Int64? { partitions[partition]?.position }

  public var assigned: [TopicPartition] { partitions.keys.sorted() }

  /// The oldest event that is not held back.
  public mutating func next() -> ConsumerEvent? {
    guard let index = queue.firstIndex(where: { partitions[$0.partition]?.isPaused == false }) else { return nil }
    let queued = queue.remove(at: index)
    buffered -= queued.byteCount
    return queued.event
  }

  public var hasEvents: Bool { !queue.isEmpty }

  // MARK: asking

  /// Asks for what is wanted now.
  public mutating func advance(now: Int64, metadata: MetadataCache, _ effects: inout [FetchEffect]) {
    lookUp(now: now, metadata: metadata, &effects)
    if buffered < options.bufferSize { fetch(now: now, metadata: metadata, &effects) }
  }

  private mutating func lookUp(now: Int64, metadata: MetadataCache, _ effects: inout [FetchEffect]) {
    var asked: [Int32: [TopicPartition: (timestamp: Int64, leaderEpoch: Int32)]] = [:]
    for (name, partition) in partitions
    where partition.position == nil && !partition.isLookupBusy && partition.retryAt <= now {
      guard let leader = metadata.leader(of: name) else { continue }
      partitions[name]?.isLookupBusy = true
      asked[leader.leader, default: [:]][name] = (partition.lookup.timestamp, leader.leaderEpoch)
    }
    for (broker, asked) in asked.sorted(by: { $0.key < $1.key }) {
      let number = takeNumber()
      listings[number] = Listing(
        broker: broker, versions: asked.reduce(into: [:]) { $0[$1.key] = partitions[$1.key]?.version })
      effects.append(.listOffsets(ListOffsetsRequest(asked), number: number, broker: broker))
    }
  }

  private mutating func takeNumber() -> UInt64 {
    defer { nextNumber += 1 }
    return nextNumber
  }

  private mutating func fetch(now: Int64, metadata: MetadataCache, _ effects: inout [FetchEffect]) {
    var wanted: [Int32: [TopicPartition: FetchSession.Entry]] = [:]
    for (name, partition) in partitions where !partition.isPaused && partition.retryAt <= now {
      guard let position = partition.position, let leader = metadata.leader(of: name) else { continue }
      wanted[leader.leader, default: [:]][name] = FetchSession.Entry(
        offset: position, maxBytes: partition.maxBytes, leaderEpoch: leader.leaderEpoch,
        topicID: metadata.topics[name.topic]?.id ?? .zero)
    }
    for (broker, entries) in wanted.sorted(by: { $0.key < $1.key }) {
      var session = sessions[broker] ?? FetchSession(backoff: retryBackoff)
      guard !session.isBusy, session.retryAt <= now else { continue }
      let number = takeNumber()
      let request = session.request(for: entries, options)
      session.isBusy = true
      sessions[broker] = session
      fetches[number] = Fetch(
        broker: broker,
        asked: entries.reduce(into: [:]) { asked, entry in
          asked[entry.key] = Asked(offset: entry.value.offset, version: partitions[entry.key]?.version ?? 0)
        },
        names: entries.reduce(into: [:]) { $0[$1.value.topicID] = $1.key.topic })
      let hasIDs = !entries.values.contains { $0.topicID == .zero }
      effects.append(.fetch(request, number: number, broker: broker, versionLimit: hasIDs ? .max : 12))
    }
  }

  /// The next time at which `advance` has something to do by itself; nil: only answers help.
  public func deadline(now: Int64) -> Int64? {
    let times = partitions.values.map(\.retryAt) + sessions.values.map(\.retryAt)
    return times.filter { $0 > now }.min()
  }

  func later(_ now: Int64, _ nanoseconds: Int64) -> Int64 {
    let (time, overflow) = now.addingReportingOverflow(nanoseconds)
    return overflow ? .max : time
  }
}
