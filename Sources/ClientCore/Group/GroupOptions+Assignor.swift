import Base

extension GroupOptions.Assignor {
  /// Whether members keep their partitions while they join again (KIP-429).
  public var isCooperative: Bool { self == .cooperativeSticky }

  /// Divides the partitions.
  ///
  /// - Parameter counts: the number of partitions of each topic that exists.
  /// - Returns: what each member gets, in order; every member is in it.
  public func assign(_ members: [GroupSubscriber], counts: [String: Int32]) -> [String: [TopicPartition]] {
    let members = members.sorted()
    let lists: [[TopicPartition]] =
      switch self {
      case .range: Self.range(members, counts)
      case .roundRobin: Self.roundRobin(members, counts)
      case .cooperativeSticky: Self.cooperativeSticky(members, counts)
      }
    var assignment: [String: [TopicPartition]] = [:]
    for (member, list) in zip(members, lists) { assignment[member.memberID] = list.sorted() }
    return assignment
  }

  private static func partitions(of topics: Set<String>, _ counts: [String: Int32]) -> [TopicPartition] {
    topics.sorted().flatMap { topic in (0..<max(0, counts[topic] ?? 0)).map { TopicPartition(topic, $0) } }
  }

  private static func topics(of members: [GroupSubscriber]) -> Set<String> {
    members.reduce(into: []) { $0.formUnion($1.topics) }
  }

  /// Topic by topic, each of its subscribers a run of partitions; the first ones get one more where they do not divide.
  private static func range(_ members: [GroupSubscriber], _ counts: [String: Int32]) -> [[TopicPartition]] {
    var lists = [[TopicPartition]](repeating: [], count: members.count)
    for topic in topics(of: members).sorted() {
      let subscribers = members.indices.filter { members[$0].topics.contains(topic) }
      let all = partitions(of: [topic], counts)
      var start = 0
      for (place, member) in subscribers.enumerated() {
        let size = all.count / subscribers.count + (place < all.count % subscribers.count ? 1 : 0)
        lists[member] += all[start..<start + size]
        start += size
      }
    }
    return lists
  }

  /// Partition by partition, to one subscriber after the other.
  private static func roundRobin(_ members: [GroupSubscriber], _ counts: [String: Int32]) -> [[TopicPartition]] {
    var lists = [[TopicPartition]](repeating: [], count: members.count)
    var place = 0
    for partition in partitions(of: topics(of: members), counts) {
      while !members[place].topics.contains(partition.topic) { place = (place + 1) % members.count }
      lists[place].append(partition)
      place = (place + 1) % members.count
    }
    return lists
  }

  /// As even as `StickyAssignment` makes it; a partition that somebody else still owns is given to nobody this time: its
  /// owner sees that it lost it, gives it up and joins again.
  private static func cooperativeSticky(
    _ members: [GroupSubscriber], _ counts: [String: Int32]
  ) -> [[TopicPartition]] {
    let all = partitions(of: topics(of: members), counts)
    var sticky = StickyAssignment(members, partitions: all)
    sticky.balance()
    return sticky.lists.enumerated().map { member, list in
      list.filter { partition in
        let owners = sticky.claims[partition] ?? []
        return owners.isEmpty || owners == [member]
      }
    }
  }
}
