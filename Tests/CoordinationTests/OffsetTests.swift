import Base
import Coordination
import KafkaProtocol
import Testing

@Suite struct OffsetTests {
  @Test func aSimpleConsumerCommits() {
    let it = GroupHarness()
    #expect(it.committed(it.commit([0: 5, 3: 7])) == [ErrorCode.none, .none])
    #expect(it.offset(0) == 5)
    #expect(it.offset(3) == 7)
    #expect(it.offset(1) == nil)
    #expect(it.coordinator.offsets("g").map(\.partition.partition) == [0, 3])
    #expect(it.coordinator.offsets("x").isEmpty)
    #expect(it.coordinator.list().map(\.protocolType) == [""])
  }

  @Test func anOffsetCountsOnceItIsCommitted() {
    let it = GroupHarness()
    it.commitsAtOnce = false
    let request = it.commit([0: 5])
    #expect(it.offset() == nil)
    #expect(it.answers[request] == nil)
    it.commit()
    #expect(it.offset() == 5)
    #expect(it.committed(request) == [ErrorCode.none])
  }

  @Test func anOffsetThatCannotBeKeptLeavesTheOld() {
    let it = GroupHarness()
    _ = it.commit([0: 5])
    it.commitsAtOnce = false
    let request = it.commit([0: 9])
    it.commit(error: .kafkaStorageError)
    #expect(it.offset() == 5)
    #expect(it.committed(request) == [.notCoordinator])
  }

  @Test func aMemberCommitsInItsGeneration() {
    let it = GroupHarness()
    let ids = it.stabilize(2)
    #expect(it.committed(it.commit([0: 1], ids[0], 1)) == [ErrorCode.none])
    #expect(it.committed(it.commit([0: 2], ids[0], 0)) == [.illegalGeneration])
    #expect(it.committed(it.commit([0: 2], "x", 1)) == [.unknownMemberID])
    #expect(it.committed(it.commit([0: 2])) == [.unknownMemberID])
    #expect(it.committed(it.commit([0: 2], ids[0], -1)) == [.illegalGeneration])
    #expect(it.committed(it.commit([0: 2], ids[0], 1, instance: "i")) == [.unknownMemberID])
    #expect(it.offset() == 1)
    // A rebalance has begun: it may still commit what it has, to hand it over.
    _ = it.join(it.parameters())
    #expect(it.committed(it.commit([0: 3], ids[0], 1)) == [ErrorCode.none])
    _ = ids.map { it.join(it.parameters($0)) }
    #expect(it.committed(it.commit([0: 4], ids[0], 1)) == [.illegalGeneration])
    #expect(it.committed(it.commit([0: 4], ids[0], 2)) == [.rebalanceInProgress])
    #expect(it.offset() == 3)
  }

  @Test func aGroupThatDoesNotExist() {
    let it = GroupHarness()
    #expect(it.committed(it.commit([0: 1], "a", 3)) == [.illegalGeneration])
    #expect(it.committed(it.commit([0: 1], "a", 3, knowsGroupIDNotFound: true)) == [.groupIDNotFound])
    #expect(it.state == nil)
  }

  @Test func aCommitIsAsGoodAsAHeartbeat() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    for offset in 0..<5 as Range<Int64> {
      it.wait(milliseconds: 9000)
      #expect(it.committed(it.commit([0: offset], ids[0], 1)) == [ErrorCode.none])
    }
    #expect(it.state == .stable)
  }

  @Test func longMetadataIsRefusedAlone() {
    let it = GroupHarness()
    #expect(it.committed(it.commit([0: 1], metadata: String(repeating: "x", count: 4096))) == [ErrorCode.none])
    let request = it.commit([0: 2], metadata: String(repeating: "x", count: 4097))
    #expect(it.committed(request) == [.offsetMetadataTooLarge])
    #expect(it.offset() == 1)
  }

  @Test func theNumberOfOffsetsIsBounded() {
    let it = GroupHarness { $0.offsetLimit = 2 }
    #expect(it.committed(it.commit([0: 1, 1: 1, 2: 1])) == [ErrorCode.none, .none, .policyViolation])
    #expect(it.committed(it.commit([0: 2, 1: 2])) == [ErrorCode.none, .none])
    #expect(it.committed(it.commit([5: 2])) == [.policyViolation])
  }

  @Test func whatIsRememberedIsBounded() {
    let it = GroupHarness { $0.offsetMetadataByteLimit = 10 }
    #expect(it.committed(it.commit([0: 1], metadata: "1234567890")) == [ErrorCode.none])
    #expect(it.committed(it.commit([1: 1], metadata: "x")) == [.policyViolation])
    #expect(it.committed(it.commit([1: 1])) == [ErrorCode.none])
    #expect(it.committed(it.commit([0: 2])) == [ErrorCode.none])
    #expect(it.committed(it.commit([1: 2], metadata: "x")) == [ErrorCode.none])
    #expect(it.coordinator.topicsWithOffsets == ["t"])
    #expect(it.deleted(it.delete()) == ErrorCode.none)
    #expect(it.committed(it.commit([0: 1, 1: 1], metadata: "12345")) == [ErrorCode.none, .none])
  }

  @Test func deletesAnEmptyGroup() {
    let it = GroupHarness()
    #expect(it.deleted(it.delete()) == .groupIDNotFound)
    let ids = it.stabilize(1)
    #expect(it.deleted(it.delete()) == .nonEmptyGroup)
    _ = it.commit([0: 1, 1: 2], ids[0], 1)
    _ = it.leave([GroupMemberIdentity(memberID: ids[0])])
    it.commitsAtOnce = false
    let request = it.delete()
    #expect(it.state == .dead)
    #expect(it.offset() == 1)
    #expect(it.joined(it.join(it.parameters()))?.error == .coordinatorNotAvailable)
    #expect(it.committed(it.commit([0: 1])) == [.coordinatorNotAvailable])
    #expect(it.deleted(it.delete()) == .groupIDNotFound)
    it.commit()
    #expect(it.deleted(request) == ErrorCode.none)
    #expect(it.state == nil)
    #expect(it.offset() == nil)
    #expect(
      Array(it.log.suffix(3)) == [
        .offset("g", TopicPartition("t", 0), nil), .offset("g", TopicPartition("t", 1), nil), .group("g", nil),
      ])
    it.restart()
    #expect(it.coordinator.list().isEmpty)
  }

  @Test func aDeletionThatCannotBeKeptLeavesTheGroup() {
    let it = GroupHarness()
    _ = it.commit([0: 1])
    it.commitsAtOnce = false
    let request = it.delete()
    it.commit(error: .kafkaStorageError)
    #expect(it.deleted(request) == .notCoordinator)
    #expect(it.state == .empty)
    #expect(it.offset() == 1)
  }

  @Test func aDeletionTakesWhatIsAboutToBeCommitted() {
    let it = GroupHarness()
    _ = it.commit([0: 1])
    it.commitsAtOnce = false
    _ = it.commit([1: 1])
    _ = it.delete()
    it.commit()
    it.commit()
    #expect(it.state == nil)
    it.restart()
    #expect(it.coordinator.offsets("g").isEmpty)
  }

  @Test func offsetsOfADeletedTopicGo() {
    let it = GroupHarness()
    _ = it.commit([0: 1, 1: 1])
    _ = it.commit([0: 1], topic: "other")
    it.coordinator.deleteOffsets(ofTopics: ["t"], now: it.now)
    it.takeEffects()
    #expect(it.coordinator.offsets("g").map(\.partition) == [TopicPartition("other", 0)])
    it.restart()
    #expect(it.coordinator.offsets("g").map(\.partition) == [TopicPartition("other", 0)])
  }
}

@Suite struct OffsetExpirationTests {
  private static let day: Int64 = 86_400_000

  @Test func aSimpleGroupForgetsWhatIsOld() {
    let it = GroupHarness()
    _ = it.commit([0: 1])
    it.wait(milliseconds: 4 * Self.day)
    _ = it.commit([1: 1])
    it.wait(milliseconds: 3 * Self.day + 600_000)
    #expect(it.offset(0) == nil)
    #expect(it.offset(1) == 1)
    it.wait(milliseconds: 4 * Self.day)
    #expect(it.state == nil)
    it.restart()
    #expect(it.coordinator.list().isEmpty)
  }

  @Test func anEmptyGroupKeepsAllUntilItHasBeenEmptyLongEnough() {
    let it = GroupHarness()
    let ids = it.stabilize([it.parameters(session: 1_800_000)])
    _ = it.commit([0: 1], ids[0], 1)
    for _ in 0..<(8 * 24 * 4) {
      it.wait(milliseconds: 900_000)
      #expect(it.heartbeat(ids[0], 1) == .none)
    }
    // The subscription was unreadable, so that nothing expired.
    #expect(it.offset() == 1)
    _ = it.leave([GroupMemberIdentity(memberID: ids[0])])
    it.wait(milliseconds: 7 * Self.day - 1_000_000)
    #expect(it.offset() == 1)
    it.wait(milliseconds: 2_000_000)
    #expect(it.offset() == nil)
    #expect(it.state == nil)
  }

  @Test func aStableGroupForgetsTopicsItNoLongerReads() {
    let it = GroupHarness()
    let subscription: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 1, UInt8(ascii: "t"), 0, 0, 0, 0]
    let ids = it.stabilize([it.parameters(metadata: subscription, session: 1_800_000)])
    _ = it.commit([0: 1], ids[0], 1)
    _ = it.commit([0: 1], ids[0], 1, topic: "old")
    for _ in 0..<(8 * 24 * 4) {
      it.wait(milliseconds: 900_000)
      _ = it.heartbeat(ids[0], 1)
    }
    #expect(it.offset() == 1)
    #expect(it.offset(topic: "old") == nil)
    #expect(it.state == .stable)
  }

  @Test func theClientsRetentionWins() {
    let it = GroupHarness()
    _ = it.commit([0: 1], retention: 1000)
    it.wait(milliseconds: 600_000)
    #expect(it.state == nil)
  }

  @Test func aCommitUnderWayKeepsTheOffset() {
    let it = GroupHarness()
    _ = it.commit([0: 1])
    it.wait(milliseconds: 7 * Self.day - 1000)
    it.commitsAtOnce = false
    _ = it.commit([0: 2])
    it.wait(milliseconds: 700_000)
    it.commit()
    #expect(it.offset() == 2)
  }

  @Test func aCommitBehindTheTombstoneStays() {
    let it = GroupHarness()
    _ = it.commit([0: 1])
    it.wait(milliseconds: Self.day)
    _ = it.commit([1: 1])
    it.wait(milliseconds: 6 * Self.day - 1000)
    it.commitsAtOnce = false
    it.wait(milliseconds: 700_000)
    #expect(it.pending.count == 1)
    _ = it.commit([0: 9])
    it.commit()
    it.commit()
    #expect(it.offset() == 9)
    it.restart()
    #expect(it.offset() == 9)
  }

  @Test func emptyGroupsWithoutOffsetsGo() {
    let it = GroupHarness()
    let ids = it.stabilize(1)
    _ = it.leave([GroupMemberIdentity(memberID: ids[0])])
    #expect(it.state == .empty)
    it.wait(milliseconds: 600_000)
    #expect(it.state == nil)
    #expect(it.log.last == .group("g", nil))
  }
}
