import Base
import ClientCore
import Records

/// Sends records. `send` neither waits nor starts a task and may be called from any thread; what it takes is sent in
/// batches from the client's event loop and retried until the broker acknowledges or refuses it, in order.
public final class Producer: Sendable {
  public let options: ProducerOptions

  /// - Parameters:
  ///   - deliveries: called on the client's event loop with what became of records, in the order of each partition. It
  ///     must not block; it may call `send`.
  ///   - whenWritable: called on the event loop, or within `topic`, once it makes sense to repeat a `send` that was
  ///     answered with `.full` or `.topicNotReady`: once after any number of such answers.
  public init(
    _ client: KafkaClient, options: ProducerOptions = ProducerOptions(),
    deliveries: @escaping @Sendable ([Delivery]) -> Void,
    whenWritable: @escaping @Sendable () -> Void = {}
  ) {
    self.options = options
  }

  /// A handle of a topic to send to. Its partitions are asked for in the background; until they are known `send` answers
  /// `.topicNotReady`.
  ///
  /// - Throws: `.invalid` when this cannot be the name of a topic.
  public func topic(_ name: String) throws(ClientError) -> ProducerTopic {
    preconditionFailure("to come")
  }

  /// Waits until the topic's partitions are known and `send` will take records for it.
  ///
  /// - Throws: the cluster's answer where the topic does not exist and is not created; `.timedOut`.
  public func ready(_ topic: ProducerTopic, timeoutMilliseconds: Int64) async throws(ClientError) {
    preconditionFailure("to come")
  }

  /// Takes a record, or tells why not.
  ///
  /// - Parameters:
  ///   - partition: nil: chosen by the key as Kafka's Java client does (murmur2); without a key, one partition after
  ///     another for a batch each.
  ///   - timestamp: milliseconds since 1970-01-01 UTC.
  ///   - token: comes back in the record's `Delivery`.
  public func send(
    to topic: ProducerTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: RecordHeaders = .empty, timestamp: Int64, token: UInt64
  ) -> SendOutcome {
    preconditionFailure("to come")
  }

  /// Bytes of records taken and not yet acknowledged.
  public var bufferedByteCount: Int { preconditionFailure("to come") }

  /// Waits until a `send` may succeed again; returns at once where the last one did.
  public func waitUntilWritable() async {
    preconditionFailure("to come")
  }

  /// Sends what is there without lingering and waits until all that was taken before this call is delivered or failed.
  public func flush() async {
    preconditionFailure("to come")
  }

  /// Takes no more records, flushes for at most this long, and fails what is left with `.closed`.
  public func close(timeoutMilliseconds: Int64) async {
    preconditionFailure("to come")
  }
}
