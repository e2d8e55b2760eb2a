import Base
import BrokerCore
import KafkaProtocol
import Testing

@Suite struct LeaderEpochTests {
  private func end(
    _ it: GroupBroker, of epoch: Int32, now current: Int32, partition: Int32 = 0, version: Int16 = 4
  ) throws -> OffsetForLeaderEpochResponse.EpochEndOffset {
    var request = OffsetForLeaderEpochRequest()
    var topic = OffsetForLeaderEpochRequest.OffsetForLeaderTopic()
    topic.topic = "t"
    var asked = OffsetForLeaderEpochRequest.OffsetForLeaderPartition()
    asked.partition = partition
    asked.leaderEpoch = epoch
    asked.currentLeaderEpoch = current
    topic.partitions = [asked]
    request.topics = [topic]
    return try #require(try it.ask(request, version).topics.first?.partitions.first)
  }

  /// As a consumer asks that goes on after the broker was killed.
  @Test func epochsEndWhereTheNextBegins() throws {
    let it = try GroupBroker()
    _ = try it.test.createTopic("t")
    _ = try it.test.produce("t", Batch.of(["a"]))
    _ = try it.test.produce("t", Batch.of(["b"]))
    let first = try end(it, of: 0, now: -1)
    #expect((first.leaderEpoch, first.endOffset) == (0, 2))
    try it.restart()
    for version in OffsetForLeaderEpochRequest.versions {
      #expect(try end(it, of: 0, now: 1, version: version).endOffset == 2)
    }
    _ = try it.test.produce("t", Batch.of(["c"]))
    let old = try end(it, of: 0, now: 1)
    #expect((old.errorCode, old.leaderEpoch, old.endOffset) == (.none, 0, 2))
    let latest = try end(it, of: 1, now: 1)
    #expect((latest.leaderEpoch, latest.endOffset) == (1, 3))
    let later = try end(it, of: 5, now: 1)
    #expect((later.errorCode, later.leaderEpoch, later.endOffset) == (.none, -1, -1))
    #expect(try end(it, of: 0, now: 0).errorCode == .fencedLeaderEpoch)
    #expect(try end(it, of: 0, now: 2).errorCode == .unknownLeaderEpoch)
    #expect(try end(it, of: 0, now: 1, partition: 3).errorCode == .unknownTopicOrPartition)
  }

  /// ListOffsets tells consumers the leader's epoch, and they ask for it again after the next kill.
  @Test func anEpochWithoutRecordsEndsWhereTheLogDoes() throws {
    let it = try GroupBroker()
    _ = try it.test.createTopic("t", partitions: 2)
    _ = try it.test.produce("t", Batch.of(["a"]))
    try it.restart()
    try it.restart()
    let silent = try end(it, of: 1, now: 2)
    #expect((silent.errorCode, silent.leaderEpoch, silent.endOffset) == (.none, 1, 1))
    let current = try end(it, of: 2, now: 2)
    #expect((current.leaderEpoch, current.endOffset) == (2, 1))
    let empty = try end(it, of: 1, now: 2, partition: 1)
    #expect((empty.errorCode, empty.leaderEpoch, empty.endOffset) == (.none, 1, 0))
    _ = try it.test.produce("t", Batch.of(["b"]))
    let past = try end(it, of: 1, now: 2)
    #expect((past.leaderEpoch, past.endOffset) == (0, 1))
  }
}
