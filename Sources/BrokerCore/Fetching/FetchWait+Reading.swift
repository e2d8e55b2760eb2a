import Base
import KafkaProtocol
import LogStore

extension PartitionRead {
  var needsDisk: Bool {
    if case .needsDisk = result { return true }
    return false
  }
}

extension FetchWait {
  /// Looks at all partitions, as far as the bytes asked for reach.
  ///
  /// A read that needs the disk counts as enough: there is something, how much is not known.
  mutating func read() -> (byteCount: Int, hasError: Bool, needsDisk: Bool) {
    reads.removeAll(keepingCapacity: true)
    reads.reserveCapacity(targets.count)
    var remaining = maxBytes
    var outcome = (byteCount: 0, hasError: false, needsDisk: false)
    for target in targets {
      guard let partition = target.partition else {
        reads.append(PartitionRead(error: target.error))
        outcome.hasError = true
        continue
      }
      // The first batch comes whole whatever its size; after it the bounds count (KIP-74).
      let isFirst = outcome.byteCount == 0
      let bytes = isFirst ? max(min(target.maxBytes, remaining), 1) : min(target.maxBytes, remaining)
      var read = partition.read(from: target.offset, maxBytes: bytes, leaderEpoch: target.leaderEpoch)
      switch read.result {
      case .slice(let slice) where isFirst || slice.size <= remaining:
        outcome.byteCount += slice.size
        remaining = max(0, remaining - slice.size)
      case .slice:
        read.result = .empty
      case .needsDisk:
        outcome.byteCount += max(minBytes, 1)
        outcome.needsDisk = true
        remaining = max(0, remaining - bytes)
      case .empty: break
      }
      if read.error != .none { outcome.hasError = true }
      reads.append(read)
    }
    return outcome
  }

  /// Has this request woken by what comes; false when something came since `read`.
  mutating func register() -> Bool {
    isRegistered = true
    for (index, target) in targets.enumerated() {
      guard let partition = target.partition else { continue }
      guard partition.register(context.id, seen: reads[index].highWatermark) else {
        unregister()
        return false
      }
    }
    return true
  }

  /// The answer, and the slices its external records stand for.
  func response() -> (FetchResponse, [LogSlice<Files>]) {
    var response = FetchResponse()
    response.sessionID = sessionID
    var slices: [LogSlice<Files>] = []
    var lastWithRecords: FetchKey?
    for (index, target) in targets.enumerated() {
      let read = reads[index]
      guard !isIncremental || isNews(read, target) else { continue }
      var data = FetchResponse.PartitionData()
      data.partitionIndex = target.key.partition
      data.errorCode = read.error
      data.highWatermark = read.highWatermark
      // There are no transactions, so that everything below the high watermark is stable.
      data.lastStableOffset = read.highWatermark
      data.logStartOffset = read.logStartOffset
      data.abortedTransactions = isReadCommitted ? [] : nil
      data.records = .external(byteCount: 0, index: 0)
      if case .slice(let slice) = read.result {
        data.records = .external(byteCount: slice.size, index: slices.count)
        slices.append(slice)
        lastWithRecords = target.key
      }
      if let leader = Self.leader(for: read, target) { data.currentLeader = leader }
      append(data, of: target.key, to: &response)
    }
    session?.state.withLock { told(&$0, lastWithRecords) }
    return (response, slices)
  }

  private static func leader(
    for read: PartitionRead<Files>, _ target: FetchTarget<Files>
  ) -> FetchResponse.LeaderIDAndEpoch? {
    guard read.error == .fencedLeaderEpoch || read.error == .notLeaderOrFollower, let partition = target.partition
    else { return nil }
    var leader = FetchResponse.LeaderIDAndEpoch()
    leader.leaderID = partition.leaderID
    leader.leaderEpoch = partition.leaderEpoch
    return leader
  }

  private func append(_ data: FetchResponse.PartitionData, of key: FetchKey, to response: inout FetchResponse) {
    if let last = response.responses.indices.last, response.responses[last].topic == key.name,
      response.responses[last].topicID == key.topicID
    {
      response.responses[last].partitions.append(data)
    } else {
      var topic = FetchResponse.FetchableTopicResponse()
      topic.topic = key.name
      topic.topicID = key.topicID
      topic.partitions = [data]
      response.responses.append(topic)
    }
  }

  private func isNews(_ read: PartitionRead<Files>, _ target: FetchTarget<Files>) -> Bool {
    if case .slice = read.result { return true }
    return read.error != .none || target.isNew || read.highWatermark != target.toldHighWatermark
      || read.logStartOffset != target.toldLogStartOffset
  }

  /// Remembers in the session what this answer tells, and whose turn is next.
  private func told(_ state: inout FetchSession<Files>.State, _ lastWithRecords: FetchKey?) {
    for (index, target) in targets.enumerated() {
      guard let place = state.places[target.key] else { continue }
      // An error is told every time.
      state.targets[place].isNew = reads[index].error != .none
      state.targets[place].toldHighWatermark = reads[index].highWatermark
      state.targets[place].toldLogStartOffset = reads[index].logStartOffset
    }
    if let lastWithRecords, let place = state.places[lastWithRecords] { state.first = place + 1 }
  }
}
