import ClientCore
import NIOCore
import NIOPosix

/// A cluster as seen from here: one connection per broker, what each broker speaks, and which broker leads what. Shared
/// by any number of producers, consumers and admins; usable from any thread.
public final class KafkaClient: Sendable {
  public let options: KafkaClientOptions
  /// Where everything of this client happens.
  public let eventLoop: any EventLoop

  /// Nothing is sent before it is needed.
  ///
  /// - Parameters:
  ///   - bootstrap: brokers to begin with, at least one; the others are learned from them.
  ///   - group: whose event loop to use; it must outlive the client.
  public init(
    bootstrap: [BrokerAddress], options: KafkaClientOptions,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.options = options
    eventLoop = group.next()
  }

  /// Waits until a broker answered and said who the others are.
  ///
  /// - Throws: `.unreachable` when none did within the time given, with the reason of the last.
  public func connect(timeoutMilliseconds: Int64) async throws(ClientError) {
    preconditionFailure("to come")
  }

  /// Ends all connections; what still waits for an answer fails with `.closed`. Close producers and consumers first.
  public func close() async {
    preconditionFailure("to come")
  }
}
