import Base
import ClientCore
import KafkaProtocol
import Testing

@Suite final class MetadataCacheTests {
  private var cache = MetadataCache(
    maxAgeMilliseconds: 1000, backoff: Backoff(firstMilliseconds: 10, limitMilliseconds: 100))
  private var random = SeededRandom(seed: 1)

  private static func answer(_ topics: [(String, ErrorCode, [Int32])]) -> MetadataResponse {
    var response = MetadataResponse()
    response.topics = topics.map { name, code, leaders in
      var topic = MetadataResponse.MetadataResponseTopic()
      topic.name = name
      topic.errorCode = code
      topic.partitions = leaders.enumerated().map { index, leader in
        var partition = MetadataResponse.MetadataResponsePartition()
        partition.partitionIndex = Int32(index)
        partition.leaderID = leader
        return partition
      }
      return topic
    }
    return response
  }

  private func action(now: Int64) -> MetadataCache.Action { cache.nextAction(now: now) }

  private func sent(now: Int64) -> [String]? {
    guard case .send(let request) = cache.nextAction(now: now) else { return nil }
    return request.topics?.compactMap(\.name)
  }

  @Test func asksForWhatIsWantedOneQuestionAtATime() {
    #expect(action(now: 0) == .none)
    cache.want("a", creates: false)
    #expect(sent(now: 0) == ["a"])
    cache.want("b", creates: false)
    #expect(action(now: 0) == .none)
    cache.apply(Self.answer([("a", .none, [1])]), now: 0, random: &random)
    #expect(cache.leader(of: TopicPartition("a", 0))?.leader == 1)
    #expect(cache.leader(of: TopicPartition("a", 1)) == nil)
    #expect(sent(now: 1_000_000_000) == ["a", "b"])
  }

  @Test func asksAgainWhenItIsOld() {
    cache.want("a", creates: false)
    _ = sent(now: 0)
    cache.apply(Self.answer([("a", .none, [1])]), now: 0, random: &random)
    #expect(action(now: 5) == .wait(until: 1_000_000_000))
    #expect(sent(now: 1_000_000_000) == ["a"])
  }

  @Test func asksAgainWhileALeaderIsMissing() {
    cache.want("a", creates: false)
    _ = sent(now: 0)
    cache.apply(Self.answer([("a", .none, [-1])]), now: 0, random: &random)
    guard case .wait(let until) = cache.nextAction(now: 1) else { return #expect(Bool(false)) }
    #expect(until < 100_000_000)
    #expect(sent(now: until) == ["a"])
  }

  @Test func waitsLongerAfterEachFailure() {
    cache.want("a", creates: false)
    var waits: [Int64] = []
    var now: Int64 = 0
    for _ in 0..<4 {
      _ = sent(now: now)
      cache.failed(now: now, random: &random)
      guard case .wait(let until) = cache.nextAction(now: now) else { return #expect(Bool(false)) }
      waits.append(until - now)
      now = until
    }
    #expect(waits == waits.sorted())
    #expect(waits[3] > 3 * waits[0])
  }

  @Test func createsOnlyWhatMayBeCreated() {
    cache.want("read", creates: false)
    cache.want("written", creates: true)
    guard case .send(let first) = cache.nextAction(now: 0) else { return #expect(Bool(false)) }
    #expect(first.topics?.compactMap(\.name) == ["written"])
    #expect(first.allowAutoTopicCreation)
    cache.apply(Self.answer([("written", .leaderNotAvailable, [])]), now: 0, random: &random)
    #expect(cache.problems["written"] == .leaderNotAvailable)
    guard case .send(let second) = cache.nextAction(now: 1_000_000_000) else { return #expect(Bool(false)) }
    #expect(second.topics?.compactMap(\.name) == ["read"])
    #expect(!second.allowAutoTopicCreation)
  }

  @Test func forgetsWhatNobodyWants() {
    cache.want("a", creates: false)
    cache.want("a", creates: false)
    _ = sent(now: 0)
    cache.apply(Self.answer([("a", .none, [1])]), now: 0, random: &random)
    cache.release("a", creates: false)
    #expect(cache.topics["a"] != nil)
    cache.release("a", creates: false)
    #expect(cache.topics["a"] == nil)
  }

  @Test func partitionIndexesAreNotTrusted() {
    cache.want("a", creates: false)
    _ = sent(now: 0)
    var answer = Self.answer([("a", .none, [1, 1])])
    answer.topics[0].partitions[1].partitionIndex = .max
    answer.topics[0].partitions[0].partitionIndex = -5
    cache.apply(answer, now: 0, random: &random)
    #expect(cache.topics["a"]?.partitions.map(\.leader) == [-1, -1])
  }
}
