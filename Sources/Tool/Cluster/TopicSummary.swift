import Base
import ClientCore
import ClientRuntime

/// A topic, its partitions, and what lies in them.
public struct TopicSummary: Sendable {
  /// Offsets of one partition; nil where the leader does not tell.
  public struct Range: Sendable, Hashable {
    public var first: Int64?
    public var end: Int64?

    package init(first: Int64?, end: Int64?) {
      self.first = first
      self.end = end
    }

    public var count: Int64? {
      guard let first, let end else { return nil }
      return max(0, end - first)
    }
  }

  public var description: TopicDescription
  /// Of each partition, in the order of the description.
  public var ranges: [Range]

  package init(description: TopicDescription, ranges: [Range]) {
    self.description = description
    self.ranges = ranges
  }

  /// Offsets between the first and the end, all partitions; nil where one does not tell.
  public var offsetCount: Int64? {
    ranges.reduce(Int64?.some(0)) { sum, range in
      guard let sum, let count = range.count else { return nil }
      return sum + count
    }
  }

  public static func gather(
    _ topics: [TopicDescription], _ admin: Admin
  ) async throws(ToolFailure) -> [TopicSummary] {
    let partitions = topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0.index) } }
    let first = try await offsets(of: partitions, at: .beginning, admin)
    let end = try await offsets(of: partitions, at: .end, admin)
    return topics.map { topic in
      TopicSummary(
        description: topic,
        ranges: topic.partitions.map { partition in
          let name = TopicPartition(topic.name, partition.index)
          return Range(first: first[name], end: end[name])
        })
    }
  }

  private static func offsets(
    of partitions: [TopicPartition], at position: StartPosition, _ admin: Admin
  ) async throws(ToolFailure) -> [TopicPartition: Int64] {
    if partitions.isEmpty { return [:] }
    let positions = Dictionary(uniqueKeysWithValues: partitions.map { ($0, position) })
    let answers = try await orFail { () throws(ClientError) in try await admin.listOffsets(positions) }
    return answers.compactMapValues { answer in
      // A partition without a leader has no offsets to tell; the table shows that.
      if case .success(let offset) = answer { offset } else { nil }
    }
  }
}
