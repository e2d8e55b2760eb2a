import Base
import Coordination
import KafkaProtocol
import Testing

/// Members that join, work, dawdle, crash and come back, a log that fails and a coordinator that is restarted, in
/// random order. Whatever happens: every request of a running coordinator is answered once, the members of a generation
/// agree, a partition has one owner in it, and committed offsets are those last acknowledged.
@Suite struct GroupModelTests {
  private static let partitionCount: UInt8 = 6

  /// A client: what it believes, and what it waits for.
  private struct Member {
    var instance: String?
    var id = ""
    var generation: Int32 = -1
    var isLeader = false
    var others: [String] = []
    /// Partitions it may read, while it is sure of its generation.
    var owned: [UInt8]?
    var waiting: GroupRequestID?
    var isAlive = true
  }

  /// What a commit that is not answered yet wants.
  private struct Commit {
    var partition: Int32
    var offset: Int64
  }

  private final class World {
    let seed: UInt64
    let it: GroupHarness
    var random: SeededRandom
    var members: [Member] = []
    var commits: [GroupRequestID: Commit] = [:]
    var asked: Set<GroupRequestID> = []
    /// By partition: the last acknowledged offset, and those that may or may not have been written since.
    var acknowledged: [Int32: Int64] = [:]
    var uncertain: [Int32: Set<Int64>] = [:]
    /// By generation: its leader, and who owns what.
    var leaders: [Int32: String] = [:]
    var owners: [Int32: [UInt8: String]] = [:]
    var generationSeen: Int32 = 0
    var stableCount = 0
    var restartCount = 0
    var lastOffset: Int64 = 0

    init(seed: UInt64) {
      self.seed = seed
      random = SeededRandom(seed: seed)
      it = GroupHarness {
        $0.initialRebalanceDelayMs = 100
        $0.offsetsRetentionCheckIntervalMs = 20_000
      }
      it.commitsAtOnce = false
    }

    func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    func ask(_ request: GroupRequestID) -> GroupRequestID {
      asked.insert(request)
      return request
    }

    func step() {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<4 where members.count < 8: members.append(Member(instance: chance(3) ? "s\(members.count)" : nil))
      case 4..<50: act()
      case 50..<53: crash()
      case 53..<55: leave()
      case 55..<60: revive()
      case 60..<75: if !it.pending.isEmpty { it.commit(error: chance(20) ? .kafkaStorageError : .none) }
      case 75..<98: it.wait(milliseconds: .random(in: 0..<3000, using: &random))
      default: if chance(4) { restart() }
      }
      hear()
    }

    /// One living member does what a client would do next.
    func act() {
      guard
        let index = members.indices.filter({ members[$0].isAlive && members[$0].waiting == nil })
          .randomElement(using: &random)
      else { return }
      let member = members[index]
      if member.generation < 0 {
        members[index].owned = nil
        members[index].waiting = ask(
          it.join(
            it.parameters(
              member.id, instance: member.instance, client: "c\(index)",
              protocols: chance(10) ? ["range", "sticky"] : ["range"], session: 6000, rebalance: 8000,
              knowsID: chance(2), skips: chance(2))))
      } else if member.owned == nil {
        members[index].waiting = ask(
          it.sync(member.id, member.generation, instance: member.instance, assignments(of: member)))
      } else if chance(2) {
        let error = it.heartbeat(member.id, member.generation, instance: member.instance)
        if error != .none { lose(index, error) }
      } else if let partition = member.owned?.randomElement(using: &random) {
        // A commit names a new offset each, so that it is known which one stands.
        lastOffset += 1
        let request = ask(
          it.commit(
            [Int32(partition): lastOffset], member.id, member.generation, instance: member.instance))
        commits[request] = Commit(partition: Int32(partition), offset: lastOffset)
        uncertain[Int32(partition), default: []].insert(lastOffset)
      }
    }

    func assignments(of member: Member) -> [String: [UInt8]] {
      guard member.isLeader, !member.others.isEmpty else { return [:] }
      var result: [String: [UInt8]] = [:]
      for partition in 0..<GroupModelTests.partitionCount {
        result[member.others[Int(partition) % member.others.count], default: []].append(partition)
      }
      return result
    }

    /// A client that is told an error begins anew, as clients do.
    func lose(_ index: Int, _ error: ErrorCode) {
      members[index].owned = nil
      members[index].generation = -1
      members[index].isLeader = false
      members[index].others = []
      if error != .rebalanceInProgress, error != .notCoordinator { members[index].id = "" }
      if error == .fencedInstanceID { members[index].isAlive = false }
    }

    func crash() {
      guard let index = members.indices.randomElement(using: &random) else { return }
      lose(index, .unknownMemberID)
      members[index].isAlive = false
      members[index].waiting = nil
    }

    /// A new process with the same configuration.
    func revive() {
      guard let index = members.indices.filter({ !members[$0].isAlive }).randomElement(using: &random) else { return }
      members[index].isAlive = true
    }

    func leave() {
      guard
        let index = members.indices.filter({ members[$0].isAlive && members[$0].generation > 0 })
          .randomElement(using: &random)
      else { return }
      _ = ask(it.leave([GroupMemberIdentity(memberID: members[index].id, instanceID: members[index].instance)]))
      lose(index, .unknownMemberID)
      members[index].waiting = nil
      members[index].isAlive = false
    }

    func restart() {
      restartCount += 1
      // A log that was compacted before says the same.
      if chance(2) { it.compactLog() }
      // Appends are in the log up to some point.
      let kept = Int.random(in: 0...it.pending.count, using: &random)
      for (_, records) in it.pending.prefix(kept) { it.log += records }
      it.restart()
      // Nobody will be answered by the process that is gone.
      asked = []
      commits = [:]
      for index in members.indices { members[index].waiting = nil }
      for partition in 0..<Int32(GroupModelTests.partitionCount) {
        let found = it.offset(partition)
        #expect(isPossible(found, partition))
        acknowledged[partition] = found
        uncertain[partition] = []
      }
      // What the log says stands: generations after it never were.
      let generation = it.description?.generation ?? 0
      leaders = leaders.filter { $0.key <= generation }
      owners = owners.filter { $0.key <= generation }
      for index in members.indices where members[index].generation > generation { lose(index, .illegalGeneration) }
    }

    func isPossible(_ offset: Int64?, _ partition: Int32) -> Bool {
      offset == acknowledged[partition] || offset.map { uncertain[partition, default: []].contains($0) } == true
    }

    /// Takes what was answered, and checks it.
    func hear() {
      #expect(it.doubleAnswers.isEmpty)
      for (request, answer) in it.answers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        #expect(asked.remove(request) != nil, "an answer to nobody: \(answer)")
        let index = members.firstIndex { $0.waiting == request }
        if let index { members[index].waiting = nil }
        switch answer {
        case .join(let joined): if let index { hear(joined, index) }
        case .sync(let synced): if let index { hear(synced, index) }
        case .offsetCommit(let errors): heard(errors, commits.removeValue(forKey: request))
        case .leave, .delete, .consumerHeartbeat, .offsetDelete: break
        }
      }
      it.answers = [:]
      for partition in 0..<Int32(GroupModelTests.partitionCount) {
        #expect(it.offset(partition) == acknowledged[partition])
      }
      if it.state == .stable { stableCount += 1 }
      if it.state == nil {
        // It was empty and without offsets, and is forgotten; its generations are counted anew.
        leaders = [:]
        owners = [:]
      }
    }

    func hear(_ joined: JoinGroupReply, _ index: Int) {
      if joined.error == .memberIDRequired { return members[index].id = joined.memberID }
      guard joined.error == .none else { return lose(index, joined.error) }
      members[index].id = joined.memberID
      members[index].generation = joined.generation
      members[index].isLeader = joined.leaderID == joined.memberID && !joined.skipAssignment
      members[index].others = joined.members.map(\.member.memberID)
      #expect(joined.leaderID == joined.memberID || joined.members.isEmpty)
      #expect(joined.members.isEmpty || joined.members.contains { $0.member.memberID == joined.memberID })
      if members[index].instance == nil {
        let leader = leaders[joined.generation] ?? joined.leaderID
        // A static leader may come back under another id within the generation.
        let isStatic = !leader.hasPrefix("c")
        #expect(leader == joined.leaderID || isStatic, "seed \(seed): two leaders of generation \(joined.generation)")
        leaders[joined.generation] = joined.leaderID
      }
    }

    func hear(_ synced: SyncGroupReply, _ index: Int) {
      guard synced.error == .none else { return lose(index, synced.error) }
      let member = members[index]
      members[index].owned = synced.assignment
      let name = member.instance ?? member.id
      for partition in synced.assignment {
        let owner = owners[member.generation]?[partition]
        #expect(
          owner == nil || owner == name, "seed \(seed): two owners of \(partition) in generation \(member.generation)")
        owners[member.generation, default: [:]][partition] = name
      }
    }

    func heard(_ errors: [ErrorCode], _ commit: Commit?) {
      guard let commit, errors == [.none] else { return }
      acknowledged[commit.partition] = commit.offset
    }

    /// Lets everything run out: nobody may still wait.
    func finish() {
      it.commitsAtOnce = true
      while !it.pending.isEmpty { it.commit() }
      it.wait(milliseconds: 60_000)
      hear()
      #expect(asked.isEmpty, "\(asked.count) requests without an answer")
    }
  }

  @Test func invariantsHold() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("group coordinator model: seed \(seed)")
    var seeds = SeededRandom(seed: seed)
    var stableCount = 0
    var restartCount = 0
    for _ in 0..<60 {
      let world = World(seed: seeds.next())
      for _ in 0..<1500 { world.step() }
      world.finish()
      stableCount += world.stableCount
      restartCount += world.restartCount
    }
    // Otherwise nothing was tested.
    #expect(stableCount > 1000)
    #expect(restartCount > 50)
    print("group coordinator model: \(stableCount) stable steps, \(restartCount) restarts")
  }
}
