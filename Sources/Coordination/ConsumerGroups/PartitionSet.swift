import Base

/// Partitions by the ids of their topics; no topic is in it without a partition.
public struct PartitionSet: Sendable, Hashable {
  public private(set) var topics: [UUID: Set<Int32>] = [:]

  public init() {}

  /// Repetitions count once.
  public init(_ partitions: [(topicID: UUID, partitions: [Int32])]) {
    for (topicID, indexes) in partitions where !indexes.isEmpty { topics[topicID, default: []].formUnion(indexes) }
  }

  public var isEmpty: Bool { topics.isEmpty }
  public var count: Int { topics.values.reduce(0) { $0 + $1.count } }

  public func contains(_ partition: Int32, of topicID: UUID) -> Bool {
    topics[topicID]?.contains(partition) ?? false
  }

  public mutating func insert(_ partition: Int32, of topicID: UUID) {
    topics[topicID, default: []].insert(partition)
  }

  public mutating func remove(_ partition: Int32, of topicID: UUID) {
    guard topics[topicID]?.remove(partition) != nil else { return }
    if topics[topicID]?.isEmpty == true { topics[topicID] = nil }
  }

  public mutating func formUnion(_ other: PartitionSet) {
    for (topicID, partitions) in other.topics { topics[topicID, default: []].formUnion(partitions) }
  }

  public func filter(_ isIncluded: (UUID, Int32) -> Bool) -> PartitionSet {
    var result = PartitionSet()
    for (topicID, partitions) in topics {
      let kept = partitions.filter { isIncluded(topicID, $0) }
      if !kept.isEmpty { result.topics[topicID] = kept }
    }
    return result
  }

  public func intersection(_ other: PartitionSet) -> PartitionSet { filter { other.contains($1, of: $0) } }
  public func subtracting(_ other: PartitionSet) -> PartitionSet { filter { !other.contains($1, of: $0) } }

  public func isSubset(of other: PartitionSet) -> Bool {
    topics.allSatisfy { other.topics[$0]?.isSuperset(of: $1) ?? false }
  }

  public func isDisjoint(with other: PartitionSet) -> Bool {
    topics.allSatisfy { other.topics[$0]?.isDisjoint(with: $1) ?? true }
  }

  public func forEach(_ body: (UUID, Int32) -> Void) {
    for (topicID, partitions) in topics { for partition in partitions { body(topicID, partition) } }
  }

  /// In the order of ids and numbers, so that what is made of it does not depend on hashes.
  public var sorted: [(topicID: UUID, partitions: [Int32])] {
    topics.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
  }
}

extension UUID {
  static func < (left: UUID, right: UUID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
