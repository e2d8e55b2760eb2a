import Base
import ClientCore
import KafkaProtocol
import NIOCore
import Records
import TestKit
import Testing

@Suite struct FetchCoreTests {
  private static let zero = TopicPartition("t", 0)
  private static let one = TopicPartition("t", 1)

  private final class Reader {
    var core: FetchCore
    var metadata: MetadataCache
    var effects: [FetchEffect] = []
    var now: Int64 = 0

    init(_ change: (inout ConsumerOptions) -> Void = { _ in }) {
      var options = ConsumerOptions()
      change(&options)
      core = FetchCore(
        options: options, responseSizeLimit: 1 << 20,
        retryBackoff: Backoff(firstMilliseconds: 10, limitMilliseconds: 100), random: SeededRandom(seed: 1))
      metadata = MetadataCache(
        maxAgeMilliseconds: 1000, backoff: Backoff(firstMilliseconds: 1, limitMilliseconds: 10))
      metadata.want("t", creates: false)
      var random = SeededRandom(seed: 1)
      metadata.apply(Self.answer(leaders: [1, 1]), now: 0, random: &random)
    }

    static func answer(leaders: [Int32]) -> MetadataResponse {
      var response = MetadataResponse()
      var topic = MetadataResponse.MetadataResponseTopic()
      topic.name = "t"
      topic.topicID = UUID(high: 1, low: 2)
      topic.partitions = leaders.enumerated().map { index, leader in
        var partition = MetadataResponse.MetadataResponsePartition()
        partition.partitionIndex = Int32(index)
        partition.leaderID = leader
        partition.leaderEpoch = 5
        return partition
      }
      response.topics = [topic]
      return response
    }

    /// The request that goes out now; nil: none.
    func fetch() -> (request: FetchRequest, number: UInt64)? {
      effects = []
      core.advance(now: now, metadata: metadata, &effects)
      for effect in effects {
        if case .fetch(let request, let number, _, _) = effect { return (request, number) }
      }
      return nil
    }

    func answer(
      _ number: UInt64, session: Int32 = 9, _ partitions: [(Int32, ErrorCode, ByteBuffer?)], highWatermark: Int64 = 100
    ) {
      var response = FetchResponse()
      response.sessionID = session
      var topic = FetchResponse.FetchableTopicResponse()
      topic.topicID = UUID(high: 1, low: 2)
      topic.partitions = partitions.map { index, code, records in
        var data = FetchResponse.PartitionData()
        data.partitionIndex = index
        data.errorCode = code
        data.highWatermark = highWatermark
        data.records = records.map { .bytes($0) } ?? .null
        return data
      }
      response.responses = [topic]
      core.fetched(number, .success(response), now: now, &effects)
    }

    func records() -> FetchedRecords? {
      if case .records(let records)? = core.next() { records } else { nil }
    }
  }

  /// A batch of records at an offset.
  private static func batch(at offset: Int64, count: Int) throws -> ByteBuffer {
    var builder = RecordBatchBuilder()
    for _ in 0..<count { try builder.append(key: nil, value: [1, 2, 3], timestamp: 0) }
    var bytes = try builder.build(.none, with: Compressor())
    bytes.withUnsafeMutableBytes { RecordBatchHeader.setBaseOffset(offset, in: $0) }
    return ByteBuffer(bytes: bytes)
  }

  private static func offsets(_ records: FetchedRecords?) -> [Int64] {
    var offsets: [Int64] = []
    records?.forEach(with: RecordBatchDecoder(), damaged: { _ in }) { offsets.append($0.offset) }
    return offsets
  }

  @Test func namesOnlyWhatChangesInASession() throws {
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(5))
    reader.core.assign(Self.one, at: .offset(7))
    let first = try #require(reader.fetch())
    #expect(first.request.sessionEpoch == 0)
    #expect(first.request.topics[0].partitions.map(\.fetchOffset) == [5, 7])
    #expect(first.request.topics[0].partitions.map(\.currentLeaderEpoch) == [5, 5])
    // One request at a time.
    #expect(reader.fetch() == nil)
    reader.answer(first.number, [(0, .none, try Self.batch(at: 4, count: 3))])
    let second = try #require(reader.fetch())
    #expect(second.request.sessionID == 9)
    #expect(second.request.sessionEpoch == 1)
    #expect(second.request.topics[0].partitions.map(\.partition) == [0])
    #expect(second.request.topics[0].partitions.map(\.fetchOffset) == [7])
    reader.answer(second.number, [])
    reader.core.unassign(Self.one)
    let third = try #require(reader.fetch())
    #expect(third.request.sessionEpoch == 2)
    #expect(third.request.topics.isEmpty)
    #expect(third.request.forgottenTopicsData.map(\.partitions) == [[1]])
    // The records before the offset that was asked for are skipped.
    let records = reader.records()
    #expect(records?.nextOffset == 7)
    #expect(Self.offsets(records) == [5, 6])
  }

  @Test(arguments: [ErrorCode.fetchSessionIDNotFound, .invalidFetchSessionEpoch])
  func beginsASessionAnewWhenTheBrokerForgot(code: ErrorCode) throws {
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(5))
    let first = try #require(reader.fetch())
    reader.answer(first.number, [])
    let second = try #require(reader.fetch())
    var response = FetchResponse()
    response.errorCode = code
    reader.core.fetched(second.number, .success(response), now: 0, &reader.effects)
    let third = try #require(reader.fetch())
    #expect(third.request.sessionEpoch == 0)
    #expect(third.request.topics[0].partitions.map(\.fetchOffset) == [5])
  }

  @Test func reportsWhatIsOutOfRange() throws {
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(5))
    let first = try #require(reader.fetch())
    reader.answer(first.number, [(0, .offsetOutOfRange, nil)])
    reader.effects = []
    reader.core.advance(now: 0, metadata: reader.metadata, &reader.effects)
    guard case .listOffsets(let request, let number, _)? = reader.effects.first else { return #expect(Bool(false)) }
    #expect(request.topics[0].partitions[0].timestamp == -2)
    var response = ListOffsetsResponse()
    var topic = ListOffsetsResponse.ListOffsetsTopicResponse()
    topic.name = "t"
    var partition = ListOffsetsResponse.ListOffsetsPartitionResponse()
    partition.offset = 40
    topic.partitions = [partition]
    response.topics = [topic]
    reader.core.listed(number, .success(response), now: 0, &reader.effects)
    guard case .offsetsLost(let lost)? = reader.core.next() else { return #expect(Bool(false)) }
    #expect(lost.description == "t-0: offsets 5 to 39 are not in the log any more; going on at 40")
    #expect(reader.fetch()?.request.topics[0].partitions[0].fetchOffset == 40)
  }

  @Test func staysWithinItsBuffer() throws {
    let reader = Reader { $0.bufferSize = 100 }
    reader.core.assign(Self.zero, at: .offset(0))
    let first = try #require(reader.fetch())
    reader.answer(first.number, [(0, .none, try Self.batch(at: 0, count: 10))])
    #expect(reader.core.buffered > 100)
    #expect(reader.fetch() == nil)
    #expect(reader.records() != nil)
    #expect(reader.core.buffered == 0)
    #expect(reader.fetch() != nil)
  }

  @Test func dropsWhatWasRevokedWhileItWasOnTheWay() throws {
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(0))
    let first = try #require(reader.fetch())
    reader.core.unassign(Self.zero)
    reader.core.assign(Self.zero, at: .offset(50))
    reader.answer(first.number, [(0, .none, try Self.batch(at: 0, count: 10))])
    #expect(reader.records() == nil)
    #expect(reader.core.position(of: Self.zero) == 50)
  }

  @Test func holdsBackWhatIsPaused() throws {
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(0))
    let first = try #require(reader.fetch())
    reader.answer(first.number, [(0, .none, try Self.batch(at: 0, count: 2))])
    reader.core.setPaused(Self.zero, true)
    #expect(reader.records() == nil)
    #expect(reader.fetch() == nil)
    reader.core.setPaused(Self.zero, false)
    #expect(Self.offsets(reader.records()) == [0, 1])
  }

  @Test func asksForMoreWhenABatchIsCut() throws {
    let reader = Reader { $0.partitionMaxBytes = 50 }
    reader.core.assign(Self.zero, at: .offset(0))
    let first = try #require(reader.fetch())
    let whole = try Self.batch(at: 0, count: 10)
    reader.answer(first.number, [(0, .none, whole.getSlice(at: 0, length: 50))])
    let second = try #require(reader.fetch())
    #expect(second.request.topics[0].partitions[0].partitionMaxBytes == Int32(whole.readableBytes))
    #expect(second.request.topics[0].partitions[0].fetchOffset == 0)
  }

  /// Whatever a broker sends in place of batches, reading goes on behind it.
  @Test(arguments: 0..<300)
  func liesDoNotHoldItUp(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(10))
    var bytes = try Self.batch(at: 10, count: 5)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let index = Int.random(in: 0..<61, using: &random)
      bytes.setInteger(UInt8.random(in: 0...255, using: &random), at: index)
    }
    var position: Int64 = 10
    for _ in 0..<3 {
      guard let (_, number) = reader.fetch() else { break }
      reader.answer(number, [(0, .none, bytes)])
      let next = try #require(reader.core.position(of: Self.zero), "seed \(seed)")
      let hasMore = reader.core.hasEvents
      // It asks for more bytes once, or it moves on, and never behind what the broker has.
      #expect(next > position || !hasMore, "seed \(seed)")
      #expect(next <= 100 || next == position + 1, "seed \(seed)")
      position = next
      _ = Self.offsets(reader.records())
    }
  }

  @Test func waitsBeforeItAsksAgain() throws {
    let reader = Reader()
    reader.core.assign(Self.zero, at: .offset(0))
    let first = try #require(reader.fetch())
    reader.answer(first.number, [(0, .notLeaderOrFollower, nil)])
    guard reader.effects.contains(where: { if case .refreshMetadata = $0 { true } else { false } }) else {
      return #expect(Bool(false), "it does not ask who leads now")
    }
    #expect(reader.fetch() == nil)
    reader.now = try #require(reader.core.deadline(now: 0))
    #expect(reader.fetch() != nil)
  }
}
