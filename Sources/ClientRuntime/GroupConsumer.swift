import Base
import ClientCore
import NIOCore

/// A member of a consumer group (classic protocol). It joins on its own, heartbeats on a timer whatever its owner does,
/// and fetches ahead within bounds.
public final class GroupConsumer: Sendable {
  public let options: GroupOptions
  private let client: KafkaClient
  private let member: NIOLoopBoundBox<GroupMember?>
  private let engine: NIOLoopBoundBox<FetchEngine?>
  private let shared = SharedAssignment()

  /// Begins to join.
  public init(_ client: KafkaClient, options: GroupOptions, listener: any RebalanceListener) {
    self.options = options
    self.client = client
    let member = NIOLoopBoundBox<GroupMember?>.makeEmptyBox(eventLoop: client.eventLoop)
    let engine = NIOLoopBoundBox<FetchEngine?>.makeEmptyBox(eventLoop: client.eventLoop)
    self.member = member
    self.engine = engine
    client.execute { [shared] cluster in
      let new = GroupMember(client, cluster, options: options, listener: listener, assignment: shared)
      member.value = new
      engine.value = new.engine
    }
  }

  /// The next run of batches or report; one caller at a time. Runs of one partition come in the order of its log. Fetched
  /// data stays buffered, and no more is fetched, while nobody asks.
  ///
  /// - Parameter milliseconds: `.idle` is returned when nothing came in this time; nil waits on.
  /// - Returns: nil once the consumer is closed or the surrounding task is cancelled.
  /// - Throws: what no retry helps against, such as a fenced `instanceID` or an assignor the group does not have.
  public func next(waitingAtMost milliseconds: Int64? = nil) async throws(ClientError) -> ConsumerEvent? {
    try await client.nextEvent(of: engine, waitingAtMost: milliseconds)
  }

  /// Stores the offsets to read on from, in the group. Retried until the client's request timeout, over rebalances too;
  /// what is not this member's is left out.
  ///
  /// - Throws: `ILLEGAL_GENERATION`, `UNKNOWN_MEMBER_ID` and others; nothing may have been stored then.
  public func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError) {
    try await client.perform { [member] (_, done: @escaping (Result<Void, ClientError>) -> Void) in
      guard let member = member.value else { return done(.failure(ClientError(.closed))) }
      member.commit(offsets, done)
    }
  }

  /// Stops fetching these partitions (of those assigned) until `resume`; what is buffered of them is kept back too.
  public func pause(_ partitions: [TopicPartition]) {
    setPaused(partitions, true)
  }

  public func resume(_ partitions: [TopicPartition]) {
    setPaused(partitions, false)
  }

  private func setPaused(_ partitions: [TopicPartition], _ isPaused: Bool) {
    client.execute { [engine] _ in
      engine.value?.change { core in
        for partition in partitions { core.setPaused(partition, isPaused) }
      }
    }
  }

  /// Goes on elsewhere in a partition of this member; what is buffered of it is dropped.
  public func seek(_ partition: TopicPartition, to offset: Int64) {
    client.execute { [member] _ in
      guard let member = member.value, member.membership.owned.contains(partition) else { return }
      member.engine.change { $0.assign(partition, at: .offset(offset)) }
    }
  }

  /// The partitions this member has now, in order.
  public var assignment: [TopicPartition] { shared.partitions.withLock { $0 } }

  /// Calls `revoked` for all partitions, leaves the group (unless the member is static) and ends `next`.
  public func close() async {
    await withCheckedContinuation { continuation in
      client.execute { [member] _ in
        guard let member = member.value else { return continuation.resume() }
        member.close { continuation.resume() }
      }
    }
  }
}
