import Base
import BrokerCore
import KafkaProtocol
import Testing

/// DescribeTopicPartitions (KIP-966): topics page by page.
@Suite struct TopicPartitionsTests {
  private typealias Cursor = DescribeTopicPartitionsRequest.Cursor

  private func ask(
    _ test: TestBroker, _ names: [String], limit: Int32 = 2000, from cursor: (topic: String, index: Int32)? = nil
  ) throws -> DescribeTopicPartitionsResponse {
    var request = DescribeTopicPartitionsRequest()
    request.topics = names.map { name in
      var topic = DescribeTopicPartitionsRequest.TopicRequest()
      topic.name = name
      return topic
    }
    request.responsePartitionLimit = limit
    request.cursor = cursor.map { place in
      var cursor = Cursor()
      cursor.topicName = place.topic
      cursor.partitionIndex = place.index
      return cursor
    }
    return try test.send(request, version: 0)
  }

  private func partitions(_ response: DescribeTopicPartitionsResponse) -> [String] {
    response.topics.flatMap { topic in topic.partitions.map { "\(topic.name ?? "")-\($0.partitionIndex)" } }
  }

  @Test func topicsAreDescribed() throws {
    let test = try TestBroker()
    let id = try test.createTopic("t", partitions: 2)
    _ = try test.createTopic("a")
    let response = try ask(test, ["t", "missing", "t", "no/name"])
    #expect(response.topics.map(\.name) == ["missing", "no/name", "t"])
    #expect(response.topics.map(\.errorCode) == [.unknownTopicOrPartition, .invalidTopic, .none])
    #expect(response.topics[2].topicID == id)
    #expect(response.topics[2].partitions.map(\.leaderID) == [1, 1])
    #expect(response.topics[2].partitions.map(\.isrNodes) == [[1], [1]])
    #expect(response.topics[2].partitions.map(\.replicaNodes) == [[1], [1]])
    #expect(response.topics[2].partitions.map(\.eligibleLeaderReplicas) == [[], []])
    #expect(response.nextCursor == nil)
    #expect(partitions(try ask(test, [])) == ["a-0", "t-0", "t-1"])
  }

  @Test func pagesJoinToTheWhole() throws {
    let test = try TestBroker()
    for (name, count) in [("a", 3), ("b", 2), ("c", 4)] as [(String, Int32)] {
      _ = try test.createTopic(name, partitions: count)
    }
    let all = ["a-0", "a-1", "a-2", "b-0", "b-1", "c-0", "c-1", "c-2", "c-3"]
    for names in [[], ["c", "a", "b"]] {
      for limit in 1...10 as ClosedRange<Int32> {
        var found: [String] = []
        var cursor: (topic: String, index: Int32)?
        for _ in 0...all.count {
          let page = try ask(test, names, limit: limit, from: cursor)
          #expect(page.topics.allSatisfy { !$0.partitions.isEmpty })
          #expect(partitions(page).count <= limit)
          found += partitions(page)
          cursor = page.nextCursor.map { ($0.topicName, $0.partitionIndex) }
          if cursor == nil { break }
        }
        #expect(found == all, "\(names), \(limit) at once")
      }
    }
    // The bound is the broker's, and at least one comes.
    #expect(partitions(try ask(test, [], limit: 0)) == ["a-0"])
    #expect(partitions(try ask(test, [], limit: .max)) == all)
  }

  @Test func aCursorMustPointSomewhere() throws {
    let test = try TestBroker()
    for name in ["a", "c"] { _ = try test.createTopic(name) }
    #expect(try ask(test, ["a", "c"], from: ("b", 0)).topics.map(\.errorCode) == [.invalidRequest, .invalidRequest])
    #expect(try ask(test, ["a", "c"], from: ("c", -1)).topics.map(\.errorCode) == [.invalidRequest, .invalidRequest])
    // A topic may be gone when the next page is asked for.
    #expect(partitions(try ask(test, [], from: ("b", 5))) == ["c-0"])
    #expect(partitions(try ask(test, [], from: ("c", .max))) == [])
  }
}
