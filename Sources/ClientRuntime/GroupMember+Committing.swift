import Base
import ClientCore
import KafkaProtocol
import NIOCore

extension GroupMember {
  /// Stores offsets in the group. A commit that a rebalance came before is repeated in the next generation, for the
  /// partitions that are still this member's.
  func commit(_ offsets: [TopicPartition: Int64], _ done: @escaping (Result<Void, ClientError>) -> Void) {
    let limit = NIODeadline.now() + .milliseconds(cluster.options.requestTimeoutMilliseconds)
    let backoff = Backoff(
      firstMilliseconds: cluster.options.retryBackoffMilliseconds,
      limitMilliseconds: cluster.options.retryBackoffLimitMilliseconds)
    attempt(offsets, until: limit, backoff, done)
  }

  private func attempt(
    _ offsets: [TopicPartition: Int64], until limit: NIODeadline, _ backoff: Backoff,
    _ done: @escaping (Result<Void, ClientError>) -> Void
  ) {
    if membership.isEnded { return done(.failure(error(.closed))) }
    let offsets = offsets.filter { membership.owned.contains($0.key) }
    if offsets.isEmpty { return done(.success(())) }
    let generation = membership.generation
    guard membership.isMember, let coordinator else {
      let refusal = error(.refused(.illegalGeneration, message: "the member is joining again"))
      return again(offsets, refusal, until: limit, backoff, done)
    }
    let request = OffsetCommitRequest(
      group: options.group, offsets: offsets, generation: generation, member: membership.memberID,
      instance: options.instanceID)
    cluster.send(request, to: .address(coordinator), versionLimit: OffsetCommitRequest.lastVersionWithNames) { result in
      switch result {
      case .failure(let error):
        if error.meansLostCoordinator { self.run { $0.coordinatorLost(&$2) } }
        self.again(offsets, error, until: limit, backoff, done)
      case .success(let response):
        guard let refusal = Self.failure(of: response) else { return done(.success(())) }
        if refusal.meansLostCoordinator { self.run { $0.coordinatorLost(&$2) } }
        self.again(offsets, refusal, until: limit, backoff, done)
      }
    }
  }

  private func error(_ reason: ClientError.Reason) -> ClientError {
    ClientError(reason, api: .offsetCommit, subject: "group \(options.group)")
  }

  private static func failure(of response: OffsetCommitResponse) -> ClientError? {
    for topic in response.topics {
      for partition in topic.partitions where partition.errorCode != .none {
        return ClientError(
          .refused(partition.errorCode, message: nil), api: .offsetCommit,
          subject: "\(topic.name)-\(partition.partitionIndex)")
      }
    }
    return nil
  }

  private func again(
    _ offsets: [TopicPartition: Int64], _ error: ClientError, until limit: NIODeadline, _ backoff: Backoff,
    _ done: @escaping (Result<Void, ClientError>) -> Void
  ) {
    var isWorthwhile = error.isRetriable || error.leavesDoubt
    switch error.code {
    // The next generation takes it. While the owner is being told of a rebalance there is none to wait for.
    case .rebalanceInProgress?, .illegalGeneration?: isWorthwhile = !membership.isTelling
    default: break
    }
    var backoff = backoff
    let wait = TimeAmount.nanoseconds(backoff.next(&cluster.random.generator))
    guard isWorthwhile, .now() + wait < limit else {
      var error = error
      error.subject = error.subject ?? "group \(options.group)"
      return done(.failure(error))
    }
    cluster.loop.assumeIsolated().scheduleTask(in: wait) { [backoff] in
      self.attempt(offsets, until: limit, backoff, done)
    }
  }
}
