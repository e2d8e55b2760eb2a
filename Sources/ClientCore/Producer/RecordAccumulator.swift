import Base
import Records

/// Where records wait to be sent, by topic and partition: filled by whoever calls `send`, emptied by the event loop,
/// under one lock. Knows no time: a batch that was opened is stamped when the loop next looks.
public struct RecordAccumulator: Sendable {
  /// A batch that takes no more records.
  public struct Batch: Sendable {
    public var builder: RecordBatchBuilder
    public var tokens: [UInt64]
    /// Bytes it is charged with in the buffer.
    public var charge: Int
    /// Grows with every batch of the accumulator.
    public var number: UInt64
    /// When the loop first saw it; nil: not yet.
    public var openedAt: Int64?
  }

  /// A partition, as indexes of its topic and of it within the topic.
  public struct Slot: Sendable, Hashable {
    public var topic: Int
    public var partition: Int

    public init(topic: Int, partition: Int) {
      self.topic = topic
      self.partition = partition
    }
  }

  private struct Partition: Sendable {
    var hasLeader = false
    var open = Batch(builder: RecordBatchBuilder(), tokens: [], charge: 0, number: 0)
    /// The oldest first.
    var sealed: [Batch] = []
    /// Whether it stands in `dirty`.
    var isDirty = false
    /// Whether the open batch has lingered long enough.
    var isDue = false
    /// Whether nothing can be sent of it now, so that nobody needs to be woken for it.
    var isBlocked = false

    var isEmpty: Bool { open.builder.isEmpty && sealed.isEmpty }
  }

  private struct Topic: Sendable {
    let name: String
    var partitions: [Partition] = []
    /// The partition that records without a key go to now.
    var sticky = 0
  }

  /// Builders that wait with their memory for the next batch.
  private static let poolLimit = 16
  /// Topics one producer may send to.
  public static let topicLimit = 10_000

  private let batchSize: Int
  private let recordSizeLimit: Int
  private let bufferSize: Int
  private var random: SeededRandom
  private var topics: [Topic] = []
  private var indexes: [String: Int] = [:]
  private var pool: [RecordBatchBuilder] = []
  private var nextNumber: UInt64 = 1
  /// Partitions that have records, in the order they got the first.
  public private(set) var dirty: [Slot] = []
  /// Bytes charged for what is here and for what was taken and not released yet.
  public private(set) var buffered = 0
  /// Whether somebody was turned away since the last `takeWritable`.
  private var isAwaited = false
  private var isWakePending = false
  /// Whether the loop will look by itself when the linger time is over.
  private var isTickScheduled = false
  private var isClosed = false

  public init(options: ProducerOptions, random: SeededRandom) {
    batchSize = max(options.batchSize, RecordBatchHeader.size + 1)
    bufferSize = max(1, options.bufferSize)
    recordSizeLimit = min(options.recordSizeLimit, bufferSize)
    self.random = random
  }

  /// The index of a topic that was named before, or a new one; nil when there are too many.
  public mutating func index(of name: String) -> Int? {
    if let index = indexes[name] { return index }
    guard topics.count < Self.topicLimit else { return nil }
    indexes[name] = topics.count
    topics.append(Topic(name: name))
    return topics.count - 1
  }

  public var topicCount: Int { topics.count }

  public func name(of topic: Int) -> String { topics[topic].name }

  public func isReady(_ topic: Int) -> Bool { !topics[topic].partitions.isEmpty }

  /// Sets what is known of a topic's partitions. Their number only grows: a partition that is gone keeps its records
  /// until they fail.
  public mutating func setPartitions(of topic: Int, hasLeader: [Bool]) {
    while topics[topic].partitions.count < hasLeader.count { topics[topic].partitions.append(Partition()) }
    for (index, hasLeader) in hasLeader.enumerated() { topics[topic].partitions[index].hasLeader = hasLeader }
    chooseSticky(topic)
  }

  private mutating func chooseSticky(_ topic: Int) {
    let current = topics[topic].sticky
    let partitions = topics[topic].partitions
    guard partitions.count > 1 else { return }
    let start = Int.random(in: 0..<partitions.count, using: &random)
    let candidates = (0..<partitions.count).map { (start + $0) % partitions.count }
    topics[topic].sticky =
      candidates.first { partitions[$0].hasLeader && $0 != current } ?? candidates.first { $0 != current } ?? current
  }
}

extension RecordAccumulator {
  /// Takes a record or tells why not. `shouldWake` asks the caller to wake the event loop.
  public mutating func append(
    to topic: Int, partition: Int32?, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: RecordHeaders, timestamp: Int64, token: UInt64, shouldWake: inout Bool
  ) -> SendOutcome {
    if isClosed { return .closed }
    let count = topics[topic].partitions.count
    guard count > 0 else {
      isAwaited = true
      return .topicNotReady
    }
    let index: Int
    if let partition {
      guard partition >= 0, partition < count else { return .noSuchPartition }
      index = Int(partition)
    } else if let key {
      index = Int(Murmur2.partition(ofKey: key, partitionCount: Int32(truncatingIfNeeded: count)))
    } else {
      index = topics[topic].sticky
    }
    let slot = Slot(topic: topic, partition: index)
    return append(
      to: slot, key, value, headers, timestamp, token, isSticky: partition == nil && key == nil, &shouldWake)
  }

  private mutating func append(
    to slot: Slot, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, _ headers: RecordHeaders,
    _ timestamp: Int64, _ token: UInt64, isSticky: Bool, _ shouldWake: inout Bool
  ) -> SendOutcome {
    var sizeBefore = topics[slot.topic].partitions[slot.partition].open.builder.size
    var size = topics[slot.topic].partitions[slot.partition].open.builder.sizeAfterAppending(
      keySize: key?.count, valueSize: value?.count, headers: headers, timestamp: timestamp)
    if size > batchSize {
      if !topics[slot.topic].partitions[slot.partition].open.builder.isEmpty {
        seal(slot)
        shouldWake = wake(isUrgent: !topics[slot.topic].partitions[slot.partition].isBlocked)
        if isSticky {
          let next = Slot(topic: slot.topic, partition: topics[slot.topic].sticky)
          return append(to: next, key, value, headers, timestamp, token, isSticky: false, &shouldWake)
        }
        sizeBefore = RecordBatchHeader.size
        size = topics[slot.topic].partitions[slot.partition].open.builder.sizeAfterAppending(
          keySize: key?.count, valueSize: value?.count, headers: headers, timestamp: timestamp)
      }
      guard size <= recordSizeLimit || size <= batchSize else { return .tooLarge }
    }
    let isFirst = topics[slot.topic].partitions[slot.partition].open.builder.isEmpty
    let charge = isFirst ? size : size &- sizeBefore
    guard buffered &+ charge <= bufferSize || buffered == 0 else {
      isAwaited = true
      return .full
    }
    if isFirst { open(slot, &shouldWake) }
    do throws(RecordBatchError) {
      try topics[slot.topic].partitions[slot.partition].open.builder.append(
        key: key, value: value, headers: headers, timestamp: timestamp)
    } catch {
      return .tooLarge
    }
    topics[slot.topic].partitions[slot.partition].open.tokens.append(token)
    topics[slot.topic].partitions[slot.partition].open.charge &+= charge
    buffered &+= charge
    return .accepted
  }

  private mutating func open(_ slot: Slot, _ shouldWake: inout Bool) {
    topics[slot.topic].partitions[slot.partition].open.number = nextNumber
    nextNumber += 1
    if let builder = pool.popLast() { topics[slot.topic].partitions[slot.partition].open.builder = builder }
    if topics[slot.topic].partitions[slot.partition].isDirty { return }
    topics[slot.topic].partitions[slot.partition].isDirty = true
    dirty.append(slot)
    shouldWake = wake(isUrgent: !isTickScheduled) || shouldWake
  }

  private mutating func wake(isUrgent: Bool) -> Bool {
    guard isUrgent, !isWakePending else { return false }
    isWakePending = true
    return true
  }

  private mutating func seal(_ slot: Slot) {
    let fresh = Batch(builder: RecordBatchBuilder(), tokens: [], charge: 0, number: 0)
    var batch = fresh
    swap(&batch, &topics[slot.topic].partitions[slot.partition].open)
    topics[slot.topic].partitions[slot.partition].isDue = false
    topics[slot.topic].partitions[slot.partition].sealed.append(batch)
    if topics[slot.topic].sticky == slot.partition { chooseSticky(slot.topic) }
  }
}

extension RecordAccumulator {
  /// The loop begins to look: it is woken again for what comes after this.
  ///
  /// - Parameter isTick: the linger time of everything that is here is over.
  /// - Returns: whether there are records whose linger time is not over.
  public mutating func beginPass(isTick: Bool, now: Int64) -> Bool {
    isWakePending = false
    if isTick { isTickScheduled = false }
    var lingers = false
    for slot in dirty {
      for index in topics[slot.topic].partitions[slot.partition].sealed.indices
      where topics[slot.topic].partitions[slot.partition].sealed[index].openedAt == nil {
        topics[slot.topic].partitions[slot.partition].sealed[index].openedAt = now
      }
      if topics[slot.topic].partitions[slot.partition].open.builder.isEmpty { continue }
      if topics[slot.topic].partitions[slot.partition].open.openedAt == nil {
        topics[slot.topic].partitions[slot.partition].open.openedAt = now
      }
      if isTick { topics[slot.topic].partitions[slot.partition].isDue = true }
      if !topics[slot.topic].partitions[slot.partition].isDue { lingers = true }
    }
    if lingers { isTickScheduled = true }
    return lingers
  }

  /// Takes what may be sent, one batch of each partition that `wants` it: a full one, or the open one when its linger
  /// time is over.
  public mutating func take(_ batches: inout [(Slot, Batch)], where wants: (Slot) -> Bool) {
    sweep { accumulator, slot in
      let isWanted = wants(slot)
      accumulator.topics[slot.topic].partitions[slot.partition].isBlocked = !isWanted
      if isWanted, let batch = accumulator.takeNext(slot) { batches.append((slot, batch)) }
    }
  }

  /// Visits the partitions that have records, and forgets those that have none afterwards.
  private mutating func sweep(_ visit: (inout Self, Slot) -> Void) {
    var kept = 0
    for index in dirty.indices {
      let slot = dirty[index]
      visit(&self, slot)
      if topics[slot.topic].partitions[slot.partition].isEmpty {
        topics[slot.topic].partitions[slot.partition].isDirty = false
      } else {
        dirty[kept] = slot
        kept += 1
      }
    }
    dirty.removeLast(dirty.count - kept)
  }

  private mutating func takeNext(_ slot: Slot) -> Batch? {
    if topics[slot.topic].partitions[slot.partition].sealed.isEmpty {
      guard topics[slot.topic].partitions[slot.partition].isDue else { return nil }
      seal(slot)
    }
    return topics[slot.topic].partitions[slot.partition].sealed.removeFirst()
  }

  /// Takes all that was opened before a time, to let it fail.
  public mutating func takeExpired(openedBefore time: Int64) -> [(Slot, Batch)] {
    var expired: [(Slot, Batch)] = []
    sweep { accumulator, slot in
      if let openedAt = accumulator.topics[slot.topic].partitions[slot.partition].open.openedAt, openedAt <= time {
        accumulator.seal(slot)
      }
      while let openedAt = accumulator.topics[slot.topic].partitions[slot.partition].sealed.first?.openedAt,
        openedAt <= time
      {
        expired.append((slot, accumulator.topics[slot.topic].partitions[slot.partition].sealed.removeFirst()))
      }
    }
    return expired
  }

  /// Takes everything.
  public mutating func takeAll() -> [(Slot, Batch)] {
    var all: [(Slot, Batch)] = []
    for slot in dirty {
      if !topics[slot.topic].partitions[slot.partition].open.builder.isEmpty { seal(slot) }
      for batch in topics[slot.topic].partitions[slot.partition].sealed { all.append((slot, batch)) }
      topics[slot.topic].partitions[slot.partition].sealed = []
      topics[slot.topic].partitions[slot.partition].isDirty = false
    }
    dirty = []
    return all
  }

  /// The numbers of the batches that are here.
  public var numbers: [UInt64] {
    dirty.flatMap { slot in
      let partition = topics[slot.topic].partitions[slot.partition]
      return partition.sealed.map(\.number) + (partition.open.builder.isEmpty ? [] : [partition.open.number])
    }
  }

  /// The number that the next batch will have.
  public var numberAhead: UInt64 { nextNumber }

  /// When the oldest of what is here was opened; nil when nothing is.
  public var oldest: Int64? {
    dirty.compactMap { slot in
      let partition = topics[slot.topic].partitions[slot.partition]
      return partition.sealed.first?.openedAt ?? partition.open.openedAt
    }.min()
  }

  /// Gives bytes back to the buffer, and builders to the next batches.
  public mutating func release(_ bytes: Int) {
    buffered -= bytes
  }

  public mutating func recycle(_ builder: RecordBatchBuilder) {
    guard pool.count < Self.poolLimit else { return }
    var builder = builder
    builder.removeAll()
    pool.append(builder)
  }

  /// Whether to tell those who were turned away that there is room, or a topic is ready: once for all of them.
  public mutating func takeWritable(topicBecameReady: Bool = false) -> Bool {
    guard isAwaited, topicBecameReady || buffered <= bufferSize / 4 * 3 else { return false }
    isAwaited = false
    return true
  }

  /// Whether the last records were turned away and nobody was told to try again yet.
  public var isWaitedFor: Bool { isAwaited && !isClosed }

  public mutating func close() {
    isClosed = true
  }
}
