import Base

/// How far each of a sink's partitions has come.
struct PartitionLedger: Sendable {
  struct Entry: Sendable {
    var partition: TopicPartition
    var topicID: UUID
    /// The next offset to take; nil until it is known where the partition starts.
    var next: Int64?
    /// The offset up to which everything is written for good.
    var durable: Int64?
    /// What the group's coordinator holds, as far as is known.
    var committed: Int64?
  }

  private(set) var entries: [Entry] = []
  private var indices: [TopicPartition: Int] = [:]
  /// The entry asked for last: runs of records are of one partition.
  private var last = 0

  mutating func add(_ partition: TopicPartition, topicID: UUID, start: Int64?, committed: Int64?) {
    remove([partition])
    indices[partition] = entries.count
    entries.append(Entry(partition: partition, topicID: topicID, next: start, durable: start, committed: committed))
  }

  mutating func remove(_ partitions: [TopicPartition]) {
    entries.removeAll { partitions.contains($0.partition) }
    indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.partition, $0) })
    last = 0
  }

  private mutating func index(of partition: TopicPartition) -> Int? {
    if last < entries.count, entries[last].partition == partition { return last }
    guard let index = indices[partition] else { return nil }
    last = index
    return index
  }

  mutating func position(of partition: TopicPartition) -> Int64? {
    index(of: partition).flatMap { entries[$0].next }
  }

  /// Whether a record with this offset is the partition's next.
  mutating func expects(_ partition: TopicPartition, _ offset: Int64) -> Bool {
    guard let index = index(of: partition) else { return false }
    guard let next = entries[index].next else { return true }
    return offset >= next
  }

  /// Everything before `offset` of the partition is taken.
  mutating func advance(_ partition: TopicPartition, to offset: Int64, from first: Int64) {
    guard let index = index(of: partition) else { return }
    if entries[index].durable == nil { entries[index].durable = first }
    entries[index].next = max(entries[index].next ?? offset, offset)
  }

  mutating func relocate(_ partition: TopicPartition, to offset: Int64) {
    guard let index = index(of: partition) else { return }
    entries[index].next = offset
    entries[index].durable = offset
  }

  var hasPending: Bool { entries.contains { $0.next != $0.durable } }

  /// All that was taken is written for good.
  mutating func settle() {
    for index in entries.indices { entries[index].durable = entries[index].next }
  }

  /// All that was taken since the last `settle` is given up.
  ///
  /// - Returns: where reading goes on.
  mutating func rewind() -> [TopicPartition: Int64] {
    var rewound: [TopicPartition: Int64] = [:]
    for index in entries.indices where entries[index].next != entries[index].durable {
      entries[index].next = entries[index].durable
      rewound[entries[index].partition] = entries[index].durable
    }
    return rewound
  }

  var offsetsToCommit: [TopicPartition: Int64] {
    var offsets: [TopicPartition: Int64] = [:]
    for entry in entries where entry.durable != entry.committed { offsets[entry.partition] = entry.durable }
    return offsets
  }

  mutating func acknowledge(_ offsets: [TopicPartition: Int64]) {
    for index in entries.indices {
      if let offset = offsets[entries[index].partition] { entries[index].committed = offset }
    }
  }
}
