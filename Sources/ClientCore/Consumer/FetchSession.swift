import Base
import KafkaProtocol

/// What a broker and a consumer have agreed on to fetch, so that each request names the changes only (KIP-227).
struct FetchSession {
  struct Entry: Hashable {
    var offset: Int64
    var maxBytes: Int32
    var leaderEpoch: Int32
    var topicID: UUID
  }

  /// 0: none.
  var id: Int32 = 0
  /// 0: the next request names everything and begins a session.
  var epoch: Int32 = 0
  var entries: [TopicPartition: Entry] = [:]
  var isBusy = false
  var retryAt: Int64 = .min
  var backoff: Backoff

  /// Begins anew with the next request.
  mutating func reset() {
    id = 0
    epoch = 0
    entries = [:]
  }

  /// A request that makes the session want exactly `wanted`.
  mutating func request(for wanted: [TopicPartition: Entry], _ options: ConsumerOptions) -> FetchRequest {
    var request = FetchRequest()
    request.maxWaitMs = options.maxWaitMilliseconds
    request.minBytes = options.minBytes
    request.maxBytes = max(options.maxBytes, wanted.values.map(\.maxBytes).max() ?? 0)
    request.sessionID = id
    request.sessionEpoch = epoch
    let changed = epoch == 0 ? wanted : wanted.filter { entries[$0.key] != $0.value }
    request.topics = Dictionary(grouping: changed, by: \.key.topic).sorted { $0.key < $1.key }.map { name, entries in
      var topic = FetchRequest.FetchTopic()
      topic.topic = name
      topic.topicID = entries[0].value.topicID
      topic.partitions = entries.sorted { $0.key.partition < $1.key.partition }.map { partition, entry in
        var fetched = FetchRequest.FetchPartition()
        fetched.partition = partition.partition
        fetched.fetchOffset = entry.offset
        fetched.partitionMaxBytes = entry.maxBytes
        fetched.currentLeaderEpoch = entry.leaderEpoch
        return fetched
      }
      return topic
    }
    let forgotten = epoch == 0 ? [:] : entries.filter { wanted[$0.key] == nil }
    request.forgottenTopicsData = Dictionary(grouping: forgotten, by: \.key.topic).sorted { $0.key < $1.key }.map {
      name, entries in
      var topic = FetchRequest.ForgottenTopic()
      topic.topic = name
      topic.topicID = entries[0].value.topicID
      topic.partitions = entries.map(\.key.partition).sorted()
      return topic
    }
    entries = wanted
    return request
  }

  /// Takes in the session a broker answered with.
  mutating func answered(_ response: FetchResponse) {
    if epoch == 0 {
      id = response.sessionID
      epoch = id == 0 ? 0 : 1
    } else {
      epoch = epoch == .max ? 1 : epoch + 1
    }
  }
}
