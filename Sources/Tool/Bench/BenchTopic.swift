import ClientCore

/// The topic a load generator works on.
enum BenchTopic {
  /// Creates it unless it is there, and returns how many partitions it has.
  static func prepare(_ name: String, partitions: Int32, _ cluster: Cluster) async throws(ToolFailure) -> Int {
    let outcomes = try await orFail { () throws(ClientError) in
      try await cluster.admin.createTopics([NewTopic(name: name, partitionCount: partitions)])
    }
    try accept(outcomes[name])
    return try await describe(name, cluster).partitions.count
  }

  /// A function of its own, and kept one, because the optimizer of Swift 6.3.1 fails on it within `prepare`.
  @inline(never)
  private static func accept(_ outcome: Result<Void, ClientError>?) throws(ToolFailure) {
    if case .failure(let error)? = outcome, error.code != .topicAlreadyExists { throw ToolFailure(error) }
  }

  static func describe(_ name: String, _ cluster: Cluster) async throws(ToolFailure) -> TopicDescription {
    let described = try await orFail { () throws(ClientError) in try await cluster.admin.describeTopics([name]) }
    switch described[name] {
    case .success(let description): return description
    case .failure(let error): throw ToolFailure(error)
    case nil: throw ToolFailure("the brokers say nothing of topic \(name)")
    }
  }
}
