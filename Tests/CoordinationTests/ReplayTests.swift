import Base
import Coordination
import KafkaProtocol
import TestKit
import Testing

@Suite struct ReplayTests {
  @Test func aStableGroupGoesOn() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    _ = it.commit([0: 42], ids[0], 1)
    it.restart()
    #expect(it.state == .stable)
    #expect(it.offset() == 42)
    #expect(it.heartbeat(ids[0], 1) == .none)
    #expect(it.synced(it.sync(ids[1], 1))?.assignment == [1])
    #expect(it.committed(it.commit([0: 43], ids[0], 1)) == [ErrorCode.none])
    #expect(it.description?.leaderID == ids[0])
  }

  @Test func membersHaveAWholeSessionAfterwards() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    it.wait(milliseconds: 9000)
    it.restart()
    it.wait(milliseconds: 9999)
    #expect(it.heartbeat(ids[0], 1) == .none)
    it.wait(milliseconds: 10_000)
    #expect(it.heartbeat(ids[0], 1) == .unknownMemberID)
  }

  @Test func aRebalanceThatWasUnderWayIsForgotten() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    _ = it.join(it.parameters(ids[0]))
    it.restart()
    #expect(it.state == .stable)
    #expect(it.heartbeat(ids[0], 1) == .none)
    #expect(it.joined(it.join(it.parameters(ids[1])))?.generation == 1)
  }

  @Test func staticMembersAreStillKnown() {
    let it = GroupHarness()
    let ids = it.stabilize([it.parameters(instance: "a")])
    it.restart()
    #expect(it.heartbeat("x", 1, instance: "a") == .fencedInstanceID)
    #expect(it.heartbeat(ids[0], 1, instance: "a") == .none)
  }

  @Test func aCompactedLogSaysTheSame() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    for offset in 0..<50 as Range<Int64> { _ = it.commit([0: offset, 1: offset], ids[0], 1) }
    let description = it.description
    it.compactLog()
    #expect(it.log.count == 3)
    it.restart()
    #expect(it.description?.members == description?.members)
    #expect(it.heartbeat(ids[0], 1) == .none)
    #expect(it.offset(1) == 49)
  }

  @Test func recordsSurviveTheirFormat() throws {
    let snapshot = GroupSnapshot(
      protocolType: "consumer", generation: 3, protocolName: "range", leaderID: "m", stateTimestamp: 17,
      members: [
        GroupSnapshot.Member(
          member: GroupMemberIdentity(memberID: "m", instanceID: "i"), clientID: "c", clientHost: "/::1",
          rebalanceTimeoutMs: 5, sessionTimeoutMs: 6, subscription: [1, 2], assignment: [3])
      ])
    let records: [GroupRecord] = [
      .group("g", snapshot), .group("g", nil),
      .offset(
        "g", TopicPartition("t", 3), CommittedOffset(offset: 9, leaderEpoch: 2, metadata: "x", commitTimestamp: 5)),
      .offset("g", TopicPartition("t", 3), CommittedOffset(offset: 9, commitTimestamp: 5, expireTimestamp: 77)),
      .offset("g", TopicPartition("t", 3), nil),
    ]
    for record in records {
      #expect(try GroupRecord(key: record.encodedKey(), value: record.encodedValue()) == record)
    }
  }

  /// As kafka-dump-log of Kafka 3.9 shows them: key version 1 and value version 3 for offsets, 2 and 3 for groups.
  @Test func kafkasBytes() throws {
    let offset = GroupRecord.offset(
      "grp", TopicPartition("top", 2), CommittedOffset(offset: 258, leaderEpoch: 1, metadata: "m", commitTimestamp: 3))
    #expect(
      try offset.encodedKey() == [0, 1, 0, 3] + Array("grp".utf8) + [0, 3] + Array("top".utf8) + [0, 0, 0, 2])
    #expect(
      try offset.encodedValue() == [0, 3, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 1, UInt8(ascii: "m")]
        + [0, 0, 0, 0, 0, 0, 0, 3])
    let group = GroupRecord.group(
      "grp", GroupSnapshot(protocolType: "consumer", generation: 2, stateTimestamp: 4))
    #expect(try group.encodedKey() == [0, 2, 0, 3] + Array("grp".utf8))
    #expect(
      try group.encodedValue() == [0, 3, 0, 8] + Array("consumer".utf8) + [0, 0, 0, 2, 255, 255, 255, 255]
        + [0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0])
  }

  /// Frozen records (Tests/Fixtures/make-log-fixtures.py) are read, and written the very same.
  @Test func frozenRecords() throws {
    let fixtures = FuzzCorpus(fixtures: "groups")
    var records: [String: GroupRecord] = [:]
    for name in try fixtures.names() {
      let bytes = try fixtures.bytes(name)
      let key = Array(bytes[2..<(2 + Int(bytes[0]) << 8 + Int(bytes[1]))])
      let value = Array(bytes.dropFirst(2 + key.count))
      let record = try GroupRecord(key: key, value: value.isEmpty ? nil : value)
      #expect(try record.encodedKey() == key && record.encodedValue() ?? [] == value, "\(name)")
      records[name] = record
    }
    #expect(records.count == 4)
    let place = TopicPartition("frozen", 7)
    #expect(records["offset-tombstone.record"] == .offset("readers", place, nil))
    #expect(
      records["offset-v3.record"]
        == .offset(
          "readers", place,
          CommittedOffset(offset: 4711, leaderEpoch: 2, metadata: "note", commitTimestamp: 1_790_000_000_123)))
    guard case .group("readers", let snapshot?) = records["group-v3.record"] else {
      Issue.record("\(String(describing: records["group-v3.record"]))")
      return
    }
    #expect(snapshot.generation == 5 && snapshot.leaderID == "m-1" && snapshot.members[0].sessionTimeoutMs == 45_000)
  }

  @Test(arguments: [[], [0], [0, 9, 0, 1, 65], [0, 2, 0, 9, 65], [255, 255, 0, 0]] as [[UInt8]])
  func refusesOtherRecords(key: [UInt8]) {
    #expect(throws: GroupRecordError.self) { try GroupRecord(key: key, value: nil) }
  }

  @Test func damagedRecordsOfTheLogDoNoHarm() {
    let it = GroupHarness()
    let member = GroupSnapshot.Member(
      member: GroupMemberIdentity(memberID: "m", instanceID: "i"), clientID: "c", clientHost: "h",
      rebalanceTimeoutMs: .min, sessionTimeoutMs: .min, subscription: [], assignment: [])
    it.log = [
      .group("g", nil), .offset("g", TopicPartition("t", -1), nil),
      .group(
        "g",
        GroupSnapshot(
          protocolType: "", generation: .max, protocolName: nil, leaderID: "x", stateTimestamp: .min,
          members: [member, member])),
      .offset("g", TopicPartition("t", -1), CommittedOffset(offset: -5, commitTimestamp: .min, expireTimestamp: .min)),
    ]
    it.restart()
    it.wait(milliseconds: 8 * 86_400_000)
    #expect(it.coordinator.list().isEmpty)
  }
}

@Suite struct DeadlineQueueTests {
  @Test func agreesWithASortedList() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("deadline queue: seed \(seed)")
    var random = SeededRandom(seed: seed)
    var queue = DeadlineQueue()
    var model: [String: Int64] = [:]
    for _ in 0..<20_000 {
      let key = String(Int.random(in: 0..<40, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        queue.remove(key)
        model[key] = nil
      case 1:
        let time = Int64.random(in: 0..<1000, using: &random)
        let due = model.filter { $0.value <= time }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
        #expect(queue.removeDue(at: time) == due, "seed \(seed)")
        for key in due { model[key] = nil }
      default:
        let deadline = Int.random(in: 0..<20, using: &random) == 0 ? Int64.max : .random(in: 0..<1000, using: &random)
        queue.set(key, to: deadline)
        model[key] = deadline == .max ? nil : deadline
      }
      #expect(queue.first == model.values.min(), "seed \(seed)")
      #expect(queue.count == model.count, "seed \(seed)")
    }
  }
}
