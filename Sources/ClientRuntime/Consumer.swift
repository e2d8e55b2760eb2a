import Base
import ClientCore

/// Reads given partitions without a group.
public final class Consumer: Sendable {
  public let options: ConsumerOptions

  /// - Parameters:
  ///   - start: the partitions, with where to begin in each.
  ///   - stopsAtEnd: whether `next` returns nil once everything was read that was there at the beginning.
  public init(
    _ client: KafkaClient, start: [TopicPartition: StartPosition], stopsAtEnd: Bool,
    options: ConsumerOptions = ConsumerOptions()
  ) {
    self.options = options
  }

  /// The next run of batches or report; one caller at a time.
  ///
  /// - Parameter milliseconds: `.idle` is returned when nothing came in this time; nil waits on.
  /// - Returns: nil at the end, once the consumer is closed, or when the surrounding task is cancelled.
  public func next(waitingAtMost milliseconds: Int64? = nil) async throws(ClientError) -> ConsumerEvent? {
    preconditionFailure("to come")
  }

  public func close() async {
    preconditionFailure("to come")
  }
}
