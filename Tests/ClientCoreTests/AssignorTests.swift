import Base
import ClientCore
import Testing

@Suite struct AssignorTests {
  private static func members(_ count: Int, _ topics: Set<String>) -> [GroupSubscriber] {
    (0..<count).map { GroupSubscriber(memberID: "m\($0)", topics: topics) }
  }

  private static func partitions(_ topic: String, _ range: Range<Int32>) -> [TopicPartition] {
    range.map { TopicPartition(topic, $0) }
  }

  @Test func rangeGivesRunsOfEachTopic() {
    let assignment = GroupOptions.Assignor.range.assign(Self.members(2, ["a", "b"]), counts: ["a": 3, "b": 3])
    #expect(assignment["m0"] == Self.partitions("a", 0..<2) + Self.partitions("b", 0..<2))
    #expect(assignment["m1"] == Self.partitions("a", 2..<3) + Self.partitions("b", 2..<3))
  }

  @Test func roundRobinDealsThemOut() {
    let assignment = GroupOptions.Assignor.roundRobin.assign(Self.members(2, ["a", "b"]), counts: ["a": 3, "b": 3])
    #expect(assignment["m0"]?.map(\.description) == ["a-0", "a-2", "b-1"])
    #expect(assignment["m1"]?.map(\.description) == ["a-1", "b-0", "b-2"])
  }

  @Test(arguments: GroupOptions.Assignor.allCases)
  func membersBeyondThePartitionsGetNothing(assignor: GroupOptions.Assignor) {
    let assignment = assignor.assign(Self.members(5, ["a"]), counts: ["a": 3])
    #expect(assignment.count == 5)
    #expect(assignment.values.filter(\.isEmpty).count == 2)
  }

  @Test(arguments: GroupOptions.Assignor.allCases)
  func topicsThatDoNotExistHaveNoPartitions(assignor: GroupOptions.Assignor) {
    #expect(assignor.assign(Self.members(1, ["a"]), counts: [:]) == ["m0": []])
    #expect(assignor.assign([], counts: ["a": 3]).isEmpty)
  }

  @Test func staticMembersKeepTheirPlaces() {
    let members = [
      GroupSubscriber(memberID: "a-new", topics: ["t"]),
      GroupSubscriber(memberID: "z", instanceID: "one", topics: ["t"]),
    ]
    #expect(GroupOptions.Assignor.range.assign(members, counts: ["t": 1])["z"]?.count == 1)
  }

  @Test func whoMissedAGenerationDoesNotKeepWhatOthersHave() {
    var old = GroupSubscriber(memberID: "old", topics: ["t"], owned: Self.partitions("t", 0..<2), generation: 3)
    let new = GroupSubscriber(memberID: "new", topics: ["t"], owned: Self.partitions("t", 0..<1), generation: 4)
    let assignment = GroupOptions.Assignor.cooperativeSticky.assign([old, new], counts: ["t": 2])
    #expect(assignment["new"] == Self.partitions("t", 0..<1))
    #expect(assignment["old"] == Self.partitions("t", 1..<2))
    // Two who claim the same in one generation both have to give it up first.
    old.generation = 4
    let contested = GroupOptions.Assignor.cooperativeSticky.assign([old, new], counts: ["t": 2])
    #expect(contested.values.allSatisfy { !$0.contains(TopicPartition("t", 0)) })
  }

  /// Members come and go, topics grow, subscriptions differ. Every rebalance keeps to what its assignor promises.
  @Test(arguments: 0..<200)
  func cooperativeGroupsSettleEvenly(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let topics = ["a", "b", "c"]
    var counts: [String: Int32] = [:]
    for topic in topics { counts[topic] = Int32.random(in: 0...12, using: &random) }
    let isUniform = seed % 2 == 0
    var owned: [String: [TopicPartition]] = [:]
    var wishes: [String: Set<String>] = [:]
    var generation: Int32 = 0
    for change in 0..<8 {
      if Bool.random(using: &random) || owned.isEmpty {
        owned["member-\(change)"] = []
        wishes["member-\(change)"] = isUniform ? Set(topics) : Set(topics.filter { _ in Bool.random(using: &random) })
      } else if let leaver = owned.keys.sorted().randomElement(using: &random) {
        owned[leaver] = nil
      }
      if change == 4 { counts["a", default: 0] += 3 }
      var rounds = 0
      var before = owned
      repeat {
        rounds += 1
        before = owned
        generation += 1
        owned = round(owned, wishes, counts, generation, seed: seed)
      } while owned != before && rounds < 10
      // Where members want different topics, what one gives up may make another move worth while.
      #expect(rounds <= (isUniform ? 3 : 5), "seed \(seed): the group does not settle")
      checkCovered(owned, wishes, counts, seed: seed)
      if isUniform {
        let sizes = owned.values.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "seed \(seed): \(sizes)")
      }
    }
  }

  /// One generation: nobody is given what another still owns, and owners keep what they may.
  private func round(
    _ owned: [String: [TopicPartition]], _ wishes: [String: Set<String>], _ counts: [String: Int32],
    _ generation: Int32, seed: UInt64
  ) -> [String: [TopicPartition]] {
    let members = owned.map { name, partitions in
      GroupSubscriber(memberID: name, topics: wishes[name] ?? [], owned: partitions, generation: generation)
    }
    let assignment = GroupOptions.Assignor.cooperativeSticky.assign(members, counts: counts)
    #expect(Set(assignment.keys) == Set(owned.keys))
    var taken: Set<TopicPartition> = []
    for (name, partitions) in assignment {
      for partition in partitions {
        #expect(taken.insert(partition).inserted, "seed \(seed): \(partition) is given twice")
        #expect(wishes[name]?.contains(partition.topic) == true, "seed \(seed): \(partition) is not wanted by \(name)")
        let owner = owned.first { $0.value.contains(partition) }?.key
        #expect(owner == nil || owner == name, "seed \(seed): \(partition) is \(owner ?? "")'s, not \(name)'s")
      }
    }
    return assignment
  }

  private func checkCovered(
    _ owned: [String: [TopicPartition]], _ wishes: [String: Set<String>], _ counts: [String: Int32], seed: UInt64
  ) {
    let given = Set(owned.values.joined())
    for (topic, count) in counts where owned.keys.contains(where: { wishes[$0]?.contains(topic) == true }) {
      for partition in 0..<count {
        #expect(given.contains(TopicPartition(topic, partition)), "seed \(seed): nobody has \(topic)-\(partition)")
      }
    }
  }

  @Test func aNewMemberTakesItsShareAndNoMore() {
    let all = Self.partitions("t", 0..<9)
    let members = [
      GroupSubscriber(memberID: "a", topics: ["t"], owned: Array(all[0..<5]), generation: 1),
      GroupSubscriber(memberID: "b", topics: ["t"], owned: Array(all[5..<9]), generation: 1),
      GroupSubscriber(memberID: "c", topics: ["t"]),
    ]
    let assignment = GroupOptions.Assignor.cooperativeSticky.assign(members, counts: ["t": 9])
    #expect(assignment["a"]?.count == 3)
    #expect(assignment["b"]?.count == 3)
    // What it will get is still with the others.
    #expect(assignment["c"] == [])
    #expect(Set(assignment["a"] ?? []).isSubset(of: all[0..<5]))
    #expect(Set(assignment["b"] ?? []).isSubset(of: all[5..<9]))
  }
}
