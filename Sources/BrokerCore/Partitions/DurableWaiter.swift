import Base

/// Who is to be told when the record at `offset` is durable.
struct DurableWaiter<Files: FileSystem>: Sendable {
  enum Party: Sendable {
    case request(RequestID)
    /// The coordinator of groups that writes to this partition, on that loop.
    case groups(GroupShard<Files>, loop: Int)
  }

  var offset: Int64
  var party: Party

  /// What tells it.
  var effect: BrokerEffect<Files> {
    switch party {
    case .request(let request): .deliver(request, .wake)
    case .groups(let shard, let loop): .resumeGroups(shard, loop: loop)
    }
  }
}
