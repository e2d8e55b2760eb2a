import Base
import KafkaProtocol

/// What a client knows of its cluster, and when it has to ask again.
public struct MetadataCache: Sendable {
  public struct Partition: Sendable, Hashable {
    /// -1: none at the moment.
    public var leader: Int32
    public var leaderEpoch: Int32
  }

  public struct Topic: Sendable, Hashable {
    /// Zero where the broker is too old to have ids.
    public var id: UUID
    /// By index.
    public var partitions: [Partition]
  }

  /// What to do about the cache's age.
  public enum Action: Sendable, Hashable {
    case none
    case send(MetadataRequest)
    case wait(until: Int64)
  }

  private struct Interest: Sendable {
    var holders = 0
    var creators = 0
  }

  public private(set) var brokers: [Int32: BrokerAddress] = [:]
  /// nil: none at the moment, or not known yet.
  public private(set) var controllerID: Int32?
  public private(set) var topics: [String: Topic] = [:]
  /// Why the last answer had nothing of a topic that is wanted.
  public private(set) var problems: [String: ErrorCode] = [:]
  /// How many answers have been taken in.
  public private(set) var version = 0

  private let maxAge: Int64
  private var interests: [String: Interest] = [:]
  private var backoff: Backoff
  private var refreshedAt: Int64?
  private var isWanted = false
  private var isInFlight = false
  private var notBefore: Int64 = .min
  /// Whether the next question is about the topics that must not come into being by it.
  private var asksForOthers = false

  public init(maxAgeMilliseconds: Int64, backoff: Backoff) {
    let (age, overflow) = maxAgeMilliseconds.multipliedReportingOverflow(by: 1_000_000)
    maxAge = overflow ? .max : age
    self.backoff = backoff
  }

  /// Keeps a topic in the cache until as many calls of `release`.
  ///
  /// - Parameter creates: whether asking for it may create it.
  public mutating func want(_ topic: String, creates: Bool) {
    interests[topic, default: Interest()].holders += 1
    if creates { interests[topic]?.creators += 1 }
    if topics[topic] == nil { isWanted = true }
  }

  public mutating func release(_ topic: String, creates: Bool) {
    interests[topic]?.holders -= 1
    if creates { interests[topic]?.creators -= 1 }
    guard let interest = interests[topic], interest.holders <= 0 else { return }
    interests[topic] = nil
    topics[topic] = nil
    problems[topic] = nil
  }

  /// Something showed that the cache is out of date.
  public mutating func requestRefresh() {
    isWanted = true
  }

  public func leader(of partition: TopicPartition) -> Partition? {
    guard let topic = topics[partition.topic], topic.partitions.indices.contains(Int(partition.partition)) else {
      return nil
    }
    let partition = topic.partitions[Int(partition.partition)]
    return partition.leader < 0 ? nil : partition
  }

  /// What to do now; one question is on the way at a time.
  public mutating func nextAction(now: Int64) -> Action {
    if isInFlight { return .none }
    let (due, overflow) = (refreshedAt ?? .min).addingReportingOverflow(maxAge)
    let isOld = refreshedAt != nil && !overflow && now >= due
    guard isWanted || isOld else {
      return refreshedAt == nil || overflow ? .none : .wait(until: due)
    }
    if now < notBefore { return .wait(until: notBefore) }
    isInFlight = true
    isWanted = false
    return .send(request())
  }

  private mutating func request() -> MetadataRequest {
    let creating = interests.filter { $0.value.creators > 0 && topics[$0.key] == nil }
    // Creation is allowed for a whole question or not at all.
    let isCreating = !creating.isEmpty && !asksForOthers
    let isMixed = !creating.isEmpty && creating.count < interests.count
    asksForOthers = isMixed && isCreating
    if isMixed { isWanted = true }
    let asked = isCreating ? creating : interests.filter { creating[$0.key] == nil }
    var request = MetadataRequest()
    request.allowAutoTopicCreation = isCreating
    request.topics = asked.keys.sorted().map { name in
      var topic = MetadataRequest.MetadataRequestTopic()
      topic.name = name
      return topic
    }
    return request
  }

  /// Takes an answer in.
  public mutating func apply(_ response: MetadataResponse, now: Int64, random: inout SeededRandom) {
    isInFlight = false
    refreshedAt = now
    version += 1
    controllerID = response.controllerID < 0 ? nil : response.controllerID
    // A broker that just started may know nobody yet.
    if !response.brokers.isEmpty {
      brokers = [:]
      for broker in response.brokers where (1...65535).contains(broker.port) && !broker.host.isEmpty {
        brokers[broker.nodeID] = BrokerAddress(host: broker.host, port: Int(broker.port))
      }
    }
    for answer in response.topics { apply(answer) }
    let isIncomplete = response.topics.contains { answer in
      answer.errorCode != .none || answer.partitions.contains { $0.leaderID < 0 }
    }
    if isIncomplete { isWanted = true }
    pace(isFailure: isIncomplete, now: now, random: &random)
  }

  private mutating func apply(_ answer: MetadataResponse.MetadataResponseTopic) {
    guard let name = answer.name, interests[name] != nil else { return }
    guard answer.errorCode == .none else {
      problems[name] = answer.errorCode
      if answer.errorCode == .unknownTopicOrPartition { topics[name] = nil }
      return
    }
    problems[name] = nil
    let count = answer.partitions.count
    var partitions = [Partition](repeating: Partition(leader: -1, leaderEpoch: -1), count: count)
    for partition in answer.partitions where partitions.indices.contains(Int(partition.partitionIndex)) {
      partitions[Int(partition.partitionIndex)] = Partition(
        leader: partition.leaderID, leaderEpoch: partition.leaderEpoch)
    }
    topics[name] = Topic(id: answer.topicID, partitions: partitions)
  }

  /// The question was not answered.
  public mutating func failed(now: Int64, random: inout SeededRandom) {
    isInFlight = false
    isWanted = true
    pace(isFailure: true, now: now, random: &random)
  }

  private mutating func pace(isFailure: Bool, now: Int64, random: inout SeededRandom) {
    if !isFailure { backoff.reset() }
    let wait = backoff.next(&random)
    if !isFailure { backoff.reset() }
    let (time, overflow) = now.addingReportingOverflow(wait)
    notBefore = overflow ? .max : time
  }
}
