import Base
import ClientCore

/// A member of a consumer group (classic protocol). It joins on its own, heartbeats on a timer whatever its owner does,
/// and fetches ahead within bounds.
public final class GroupConsumer: Sendable {
  public let options: GroupOptions

  /// Begins to join.
  public init(_ client: KafkaClient, options: GroupOptions, listener: any RebalanceListener) {
    self.options = options
  }

  /// The next run of batches or report; one caller at a time. Runs of one partition come in the order of its log. Fetched
  /// data stays buffered, and no more is fetched, while nobody asks.
  ///
  /// - Parameter milliseconds: `.idle` is returned when nothing came in this time; nil waits on.
  /// - Returns: nil once the consumer is closed or the surrounding task is cancelled.
  /// - Throws: what no retry helps against, such as a fenced `instanceID` or an assignor the group does not have.
  public func next(waitingAtMost milliseconds: Int64? = nil) async throws(ClientError) -> ConsumerEvent? {
    preconditionFailure("to come")
  }

  /// Stores the offsets to read on from, in the group; retried while the member is in its generation. Those of
  /// partitions that are not this member's are left out.
  ///
  /// - Throws: for a generation that ended meanwhile (`ILLEGAL_GENERATION`, `UNKNOWN_MEMBER_ID`); nothing is stored then.
  public func commit(_ offsets: [TopicPartition: Int64]) async throws(ClientError) {
    preconditionFailure("to come")
  }

  /// Stops fetching these partitions (of those assigned) until `resume`; what is buffered of them is kept back too.
  public func pause(_ partitions: [TopicPartition]) {
    preconditionFailure("to come")
  }

  public func resume(_ partitions: [TopicPartition]) {
    preconditionFailure("to come")
  }

  /// Goes on elsewhere in a partition of this member; what is buffered of it is dropped.
  public func seek(_ partition: TopicPartition, to offset: Int64) {
    preconditionFailure("to come")
  }

  /// The partitions this member has now.
  public var assignment: [TopicPartition] { preconditionFailure("to come") }

  /// Calls `revoked` for all partitions, leaves the group (unless the member is static) and ends `next`.
  public func close() async {
    preconditionFailure("to come")
  }
}
