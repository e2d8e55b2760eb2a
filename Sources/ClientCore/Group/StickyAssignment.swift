import Base

/// Evens partitions out over members while moving few of them.
struct StickyAssignment {
  private let members: [GroupSubscriber]
  private let partitions: [TopicPartition]
  /// Which members say that they own a partition, whether they may keep it or not.
  let claims: [TopicPartition: Set<Int>]
  private var owner: [TopicPartition: Int] = [:]
  private(set) var lists: [[TopicPartition]]

  init(_ members: [GroupSubscriber], partitions: [TopicPartition]) {
    self.members = members
    self.partitions = partitions
    lists = [[TopicPartition]](repeating: [], count: members.count)
    var claims: [TopicPartition: Set<Int>] = [:]
    var newest: [TopicPartition: (generation: Int32, member: Int)] = [:]
    var contested: Set<TopicPartition> = []
    for (index, member) in members.enumerated() {
      for partition in member.owned {
        claims[partition, default: []].insert(index)
        if let other = newest[partition], other.generation >= member.generation {
          // Two members of one generation cannot both be right.
          if other.generation == member.generation { contested.insert(partition) }
          continue
        }
        newest[partition] = (member.generation, index)
        contested.remove(partition)
      }
    }
    // Whoever missed a generation may not know that it lost its partitions; the newest owner is the one that counts.
    self.claims = claims.reduce(into: [:]) { claims, claim in
      guard let latest = newest[claim.key] else { return }
      claims[claim.key] =
        contested.contains(claim.key)
        ? claim.value.filter { members[$0].generation == latest.generation } : [latest.member]
    }
    for partition in partitions {
      guard let latest = newest[partition], !contested.contains(partition),
        members[latest.member].topics.contains(partition.topic)
      else { continue }
      owner[partition] = latest.member
      lists[latest.member].append(partition)
    }
  }

  /// Gives away what nobody has, then moves partitions from members with more to members with less, until no move makes
  /// two of them more even.
  mutating func balance() {
    for partition in partitions where owner[partition] == nil {
      let candidates = members.indices.filter { members[$0].topics.contains(partition.topic) }
      guard let least = candidates.min(by: { (lists[$0].count, $0) < (lists[$1].count, $1) }) else { continue }
      owner[partition] = least
      lists[least].append(partition)
    }
    while moveOne() {}
  }

  private mutating func moveOne() -> Bool {
    let byLoad = members.indices.sorted { (lists[$0].count, $0) < (lists[$1].count, $1) }
    for receiver in byLoad {
      for giver in byLoad.reversed() where lists[giver].count > lists[receiver].count + 1 {
        let movable = lists[giver].indices.filter { members[receiver].topics.contains(lists[giver][$0].topic) }
        // One that is new to its member costs nothing to move.
        guard let index = movable.last(where: { claims[lists[giver][$0]] != [giver] }) ?? movable.last else { continue }
        let partition = lists[giver].remove(at: index)
        owner[partition] = receiver
        lists[receiver].append(partition)
        return true
      }
    }
    return false
  }
}
