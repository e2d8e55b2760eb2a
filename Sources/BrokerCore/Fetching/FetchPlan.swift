import Base
import KafkaProtocol

/// What a fetch request comes down to.
struct FetchPlan<Files: FileSystem> {
  var session: FetchSession<Files>?
  var isIncremental: Bool
  var targets: [FetchTarget<Files>]
}

/// A fetch that fails as a whole.
struct FetchRefusal: Error {
  var code: ErrorCode
}

extension Broker {
  /// Finds the partitions a fetch is about: its own, or those of its session.
  func plan(_ request: FetchRequest, _ context: RequestContext) -> Result<FetchPlan<Files>, FetchRefusal> {
    let usesTopicIDs = context.version >= 13
    if request.sessionEpoch == 0 || request.sessionEpoch == -1 {
      // A full fetch, which ends the session it names.
      if request.sessionID != 0 { fetchSessions.remove(request.sessionID) }
      let named = request.topics.flatMap { self.targets(of: $0, usesTopicIDs: usesTopicIDs) }
      guard context.version >= 7, request.sessionEpoch == 0, !named.isEmpty else {
        return .success(FetchPlan(session: nil, isIncremental: false, targets: named))
      }
      let session = fetchSessions.create(named, usesTopicIDs: usesTopicIDs, now: context.now)
      return .success(FetchPlan(session: session, isIncremental: false, targets: named))
    }
    guard let session = fetchSessions.find(request.sessionID, now: context.now) else {
      return .failure(FetchRefusal(code: .fetchSessionIDNotFound))
    }
    guard session.usesTopicIDs == usesTopicIDs else {
      return .failure(FetchRefusal(code: .fetchSessionTopicIDError))
    }
    return update(session, request, usesTopicIDs: usesTopicIDs)
  }

  private func update(
    _ session: FetchSession<Files>, _ request: FetchRequest, usesTopicIDs: Bool
  ) -> Result<FetchPlan<Files>, FetchRefusal> {
    let changed = request.topics.flatMap { self.targets(of: $0, usesTopicIDs: usesTopicIDs) }
    let ordered = session.state.withLock { state -> [FetchTarget<Files>]? in
      guard state.epoch == request.sessionEpoch else { return nil }
      state.epoch = state.epoch == .max ? 1 : state.epoch + 1
      for target in changed { state.set(target) }
      for topic in request.forgottenTopicsData {
        for partition in topic.partitions {
          state.remove(FetchKey(name: topic.topic, topicID: topic.topicID, partition: partition))
        }
      }
      resolveAgain(&state, usesTopicIDs: usesTopicIDs)
      // From the place whose turn it is, round to the one before it.
      let first = state.targets.isEmpty ? 0 : state.first % state.targets.count
      return Array(state.targets[first...] + state.targets[..<first])
    }
    guard let ordered else { return .failure(FetchRefusal(code: .invalidFetchSessionEpoch)) }
    guard fetchSessions.resize(session.id, to: ordered.count) else {
      return .failure(FetchRefusal(code: .fetchSessionIDNotFound))
    }
    return .success(FetchPlan(session: session, isIncremental: true, targets: ordered))
  }

  /// Partitions of a session may have been created or deleted since.
  private func resolveAgain(_ state: inout FetchSession<Files>.State, usesTopicIDs: Bool) {
    for index in state.targets.indices {
      let target = state.targets[index]
      if let partition = target.partition, !partition.isDeleted { continue }
      var resolved = resolve(
        target.key, usesTopicIDs: usesTopicIDs, offset: target.offset, maxBytes: target.maxBytes,
        leaderEpoch: target.leaderEpoch)
      resolved.isNew = target.isNew || resolved.error != target.error
      state.targets[index] = resolved
    }
  }

  private func targets(of topic: FetchRequest.FetchTopic, usesTopicIDs: Bool) -> [FetchTarget<Files>] {
    topic.partitions.map { partition in
      resolve(
        FetchKey(name: topic.topic, topicID: topic.topicID, partition: partition.partition),
        usesTopicIDs: usesTopicIDs, offset: partition.fetchOffset, maxBytes: Int(max(partition.partitionMaxBytes, 0)),
        leaderEpoch: partition.currentLeaderEpoch)
    }
  }

  private func resolve(
    _ key: FetchKey, usesTopicIDs: Bool, offset: Int64, maxBytes: Int, leaderEpoch: Int32
  ) -> FetchTarget<Files> {
    let topic = usesTopicIDs ? topics.topic(withID: key.topicID) : topics.topic(named: key.name)
    let partition = topic?.partition(key.partition)
    var error = ErrorCode.none
    if partition == nil { error = topic == nil && usesTopicIDs ? .unknownTopicID : .unknownTopicOrPartition }
    return FetchTarget(
      key: key, partition: partition, error: error, offset: offset, maxBytes: maxBytes, leaderEpoch: leaderEpoch)
  }
}
