import Base
import ClientCore
import NIOCore
import Records

/// Sends records. `send` neither waits nor starts a task and may be called from any thread; what it takes is sent in
/// batches from the client's event loop and retried until the broker acknowledges or refuses it, in order.
public final class Producer: Sendable {
  public let options: ProducerOptions
  private let client: KafkaClient
  private let shared: SharedAccumulator
  private let sender: NIOLoopBoundBox<ProducerSender?>

  /// - Parameters:
  ///   - deliveries: called on the client's event loop with what became of records: in the order of each partition, but
  ///     that after a retry the acknowledgement of a later batch may come before that of an earlier one. It
  ///     must not block; it may call `send`.
  ///   - whenWritable: called on the event loop once it makes sense to repeat a `send` that was answered with `.full` or
  ///     `.topicNotReady`: once after any number of such answers.
  public init(
    _ client: KafkaClient, options: ProducerOptions = ProducerOptions(),
    deliveries: @escaping @Sendable ([Delivery]) -> Void,
    whenWritable: @escaping @Sendable () -> Void = {}
  ) {
    self.options = options
    self.client = client
    let random = SeededRandom(seed: client.options.randomSeed &+ 1)
    let shared = SharedAccumulator(RecordAccumulator(options: options, random: random))
    let sender = NIOLoopBoundBox<ProducerSender?>.makeEmptyBox(eventLoop: client.eventLoop)
    self.shared = shared
    self.sender = sender
    client.execute { cluster in
      sender.value = ProducerSender(
        cluster, options: options, shared: shared, deliveries: deliveries, whenWritable: whenWritable)
    }
  }

  /// A handle of a topic to send to. Its partitions are asked for in the background; until they are known `send` answers
  /// `.topicNotReady`.
  ///
  /// - Throws: `.invalid` when this cannot be the name of a topic.
  public func topic(_ name: String) throws(ClientError) -> ProducerTopic {
    if let problem = TopicName.problem(of: name) { throw ClientError(.invalid(problem)) }
    let (index, isNew) = shared.lock.withLock { accumulator in
      let numberBefore = accumulator.topicCount
      return (accumulator.index(of: name), accumulator.topicCount > numberBefore)
    }
    guard let index else {
      let limit = RecordAccumulator.topicLimit
      throw ClientError(.invalid("one producer sends to at most \(limit) topics, \"\(name)\" would be one more"))
    }
    if isNew { withSender { $0.add(topic: index, name) } }
    return ProducerTopic(index: index)
  }

  /// Waits until the topic's partitions are known and `send` will take records for it.
  ///
  /// - Throws: the cluster's answer where the topic does not exist and is not created; `.timedOut`, `.unreachable`.
  public func ready(_ topic: ProducerTopic, timeoutMilliseconds: Int64) async throws(ClientError) {
    try await client.perform { [sender] (_, done: @escaping (Result<Void, ClientError>) -> Void) in
      guard let sender = sender.value else { return done(.failure(ClientError(.closed))) }
      sender.ready(topic.index, milliseconds: timeoutMilliseconds, done)
    }
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
    var shouldWake = false
    let outcome = shared.lock.withLock { accumulator in
      accumulator.append(
        to: topic.index, partition: partition, key: key, value: value, headers: headers, timestamp: timestamp,
        token: token, shouldWake: &shouldWake)
    }
    if shouldWake { wake() }
    return outcome
  }

  private func wake() {
    client.eventLoop.execute { [sender] in sender.value?.pass(isTick: false) }
  }

  private func withSender(_ body: @escaping @Sendable (ProducerSender) -> Void) {
    client.execute { [sender] _ in
      if let sender = sender.value { body(sender) }
    }
  }

  /// Bytes of records taken and not yet acknowledged.
  public var bufferedByteCount: Int { shared.lock.withLock { $0.buffered } }

  /// Waits until a `send` may succeed again; returns at once where the last one did.
  public func waitUntilWritable() async {
    await withCheckedContinuation { continuation in
      shared.waiters.withLock { $0.append(continuation) }
      // Looked at after the waiter stands in line, so that nobody is forgotten in between.
      if !shared.lock.withLock({ $0.isWaitedFor }) { shared.wakeWaiters() }
    }
  }

  /// Sends what is there without lingering and waits until all that was taken before this call is delivered or failed.
  public func flush() async {
    await finish { sender, done in sender.flush(done) }
  }

  /// Takes no more records, flushes for at most this long, and fails what is left with `.closed`.
  public func close(timeoutMilliseconds: Int64) async {
    await finish { sender, done in sender.close(timeoutMilliseconds: timeoutMilliseconds, done) }
  }

  private func finish(_ start: @escaping @Sendable (ProducerSender, @escaping () -> Void) -> Void) async {
    await withCheckedContinuation { continuation in
      withSender { sender in start(sender) { continuation.resume() } }
    }
  }
}
