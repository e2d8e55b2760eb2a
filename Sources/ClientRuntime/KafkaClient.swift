import ClientCore
import NIOCore
import NIOPosix
import Synchronization

/// A cluster as seen from here: one connection per broker, what each broker speaks, and which broker leads what. Shared
/// by any number of producers, consumers and admins; usable from any thread.
public final class KafkaClient: Sendable {
  public let options: KafkaClientOptions
  /// Where everything of this client happens.
  public let eventLoop: any EventLoop

  private let cluster: NIOLoopBoundBox<Cluster>
  private let isClosed = Mutex(false)

  /// Nothing is sent before it is needed.
  ///
  /// - Parameters:
  ///   - bootstrap: brokers to begin with, at least one; the others are learned from them.
  ///   - group: whose event loop to use; it must outlive the client.
  public init(
    bootstrap: [BrokerAddress], options: KafkaClientOptions,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    precondition(!bootstrap.isEmpty, "a client needs a broker to begin with")
    self.options = options
    let loop = group.next()
    eventLoop = loop
    cluster = NIOLoopBoundBox.makeBoxSendingValue(
      Cluster(bootstrap: bootstrap, options: options, loop: loop), eventLoop: loop)
  }

  /// Waits until a broker answered and said who the others are.
  ///
  /// - Throws: `.unreachable` when none did within the time given, with the reason of the last.
  public func connect(timeoutMilliseconds: Int64) async throws(ClientError) {
    try await perform { (cluster, done: @escaping (Result<Void, ClientError>) -> Void) in
      if cluster.cache.version == 0 { cluster.requestMetadata() }
      cluster.wait(milliseconds: timeoutMilliseconds, done) { cluster in
        cluster.cache.version > 0 ? .success(()) : nil
      }
    }
  }

  /// Connections live as long as their event loop, so that a client that nobody closed would leave them behind.
  deinit {
    // Once closed it has none, and its loop may have ended.
    guard !isClosed.withLock({ $0 }) else { return }
    let cluster = cluster
    eventLoop.execute { cluster.value.close() }
  }

  /// Ends all connections; what still waits for an answer fails with `.closed`. Close producers and consumers first.
  public func close() async {
    isClosed.withLock { $0 = true }
    await withCheckedContinuation { continuation in
      execute { cluster in
        cluster.close()
        continuation.resume()
      }
    }
  }
}

extension KafkaClient {
  /// Runs `body` on the event loop, at once when called there.
  func execute(_ body: @escaping @Sendable (Cluster) -> Void) {
    if eventLoop.inEventLoop { return body(cluster.value) }
    eventLoop.execute { body(self.cluster.value) }
  }

  /// Runs `start` on the event loop and waits until it calls back, which it must do once.
  func perform<Value: Sendable>(
    _ start: @escaping @Sendable (Cluster, @escaping (Result<Value, ClientError>) -> Void) -> Void
  ) async throws(ClientError) -> Value {
    let result = await withCheckedContinuation { continuation in
      execute { cluster in
        start(cluster) { result in continuation.resume(returning: result) }
      }
    }
    return try result.get()
  }
}
