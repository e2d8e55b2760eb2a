import Base

/// The `uniform` assignor: numbers of partitions as even as subscriptions allow, and whoever has a partition keeps it
/// where that is no obstacle.
enum UniformAssignment {
  private struct Slot: Hashable {
    var topicID: UUID
    var partition: Int32
  }

  /// Rounds of evening out where members subscribe to different topics. Each round moves a partition only where that
  /// brings two members closer; a few are enough, and what is missing after these is made up for at the next epoch.
  private static let roundLimit = 16

  /// All members subscribe to the same topics.
  static func even(_ members: [ServerAssignor.Member]) -> [String: PartitionSet] {
    let topics = members.first?.topics ?? []
    let counts = Dictionary(topics.map { ($0.id, $0.partitionCount) }, uniquingKeysWith: { first, _ in first })
    let total = topics.reduce(0) { $0 + Int($1.partitionCount) }
    let share = total / members.count
    var extra = total % members.count
    var taken = PartitionSet()
    var kept: [[Slot]] = []
    for member in members {
      let own = slots(member.previous).filter { slot in
        slot.partition >= 0 && slot.partition < counts[slot.topicID] ?? 0
          && !taken.contains(slot.partition, of: slot.topicID)
      }
      let allowed = own.count > share && extra > 0 ? share + 1 : share
      if own.count > share, extra > 0 { extra -= 1 }
      let keeps = Array(own.prefix(allowed))
      for slot in keeps { taken.insert(slot.partition, of: slot.topicID) }
      kept.append(keeps)
    }
    var free: [Slot] = []
    for topic in topics {
      for partition in 0..<topic.partitionCount where !taken.contains(partition, of: topic.id) {
        free.append(Slot(topicID: topic.id, partition: partition))
      }
    }
    var next = free[...]
    for place in kept.indices where kept[place].count < share {
      let missing = share - kept[place].count
      kept[place] += next.prefix(missing)
      next = next.dropFirst(missing)
    }
    for place in kept.indices where kept[place].count == share {
      guard let slot = next.popFirst() else { break }
      kept[place].append(slot)
    }
    return Dictionary(uniqueKeysWithValues: zip(members, kept).map { ($0.id, set($1)) })
  }

  /// Members subscribe to different topics.
  static func mixed(_ members: [ServerAssignor.Member]) -> [String: PartitionSet] {
    var subscribers: [UUID: [Int]] = [:]
    var topics: [UUID: Int32] = [:]
    for (place, member) in members.enumerated() {
      for topic in member.topics {
        subscribers[topic.id, default: []].append(place)
        topics[topic.id] = topic.partitionCount
      }
    }
    var loads = [Int](repeating: 0, count: members.count)
    var owners: [Slot: Int] = [:]
    for (place, member) in members.enumerated() {
      let own = Set(member.topics.map(\.id))
      for slot in slots(member.previous)
      where own.contains(slot.topicID) && owners[slot] == nil
        && (0..<(topics[slot.topicID] ?? 0)).contains(slot.partition)
      {
        owners[slot] = place
        loads[place] += 1
      }
    }
    // Those first that fewest can take.
    let order = topics.keys.sorted { left, right in
      let counts = (subscribers[left, default: []].count, subscribers[right, default: []].count)
      return counts.0 == counts.1 ? left < right : counts.0 < counts.1
    }
    let all = order.flatMap { id in (0..<(topics[id] ?? 0)).map { Slot(topicID: id, partition: $0) } }
    func leastLoaded(_ slot: Slot) -> Int? {
      subscribers[slot.topicID, default: []].min { (loads[$0], $0) < (loads[$1], $1) }
    }
    for slot in all where owners[slot] == nil {
      guard let place = leastLoaded(slot) else { continue }
      owners[slot] = place
      loads[place] += 1
    }
    for _ in 0..<roundLimit {
      var hasMoved = false
      for slot in all {
        guard let owner = owners[slot], let least = leastLoaded(slot), loads[owner] - loads[least] >= 2 else {
          continue
        }
        owners[slot] = least
        loads[owner] -= 1
        loads[least] += 1
        hasMoved = true
      }
      if !hasMoved { break }
    }
    var result = Dictionary(uniqueKeysWithValues: members.map { ($0.id, PartitionSet()) })
    for (slot, place) in owners { result[members[place].id]?.insert(slot.partition, of: slot.topicID) }
    return result
  }

  private static func slots(_ partitions: PartitionSet) -> [Slot] {
    partitions.sorted.flatMap { topicID, indexes in indexes.map { Slot(topicID: topicID, partition: $0) } }
  }

  private static func set(_ slots: [Slot]) -> PartitionSet {
    var result = PartitionSet()
    for slot in slots { result.insert(slot.partition, of: slot.topicID) }
    return result
  }
}
