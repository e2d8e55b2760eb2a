import ClientCore

/// How a client reaches its cluster.
public struct KafkaClientOptions: Sendable {
  /// What brokers log and count this client as.
  public var clientID: String
  public var connectTimeoutMilliseconds: Int64 = 10_000
  public var requestTimeoutMilliseconds: Int64 = 30_000
  /// The wait before an unreachable broker is tried again; it doubles with each failure, give or take a fifth.
  public var reconnectBackoffMilliseconds: Int64 = 50
  public var reconnectBackoffLimitMilliseconds: Int64 = 2_000
  /// The wait before a request that may succeed later is repeated; it doubles as well.
  public var retryBackoffMilliseconds: Int64 = 50
  public var retryBackoffLimitMilliseconds: Int64 = 1_000
  /// How old the knowledge of topics and leaders may become.
  public var metadataMaxAgeMilliseconds: Int64 = 300_000
  /// Bytes of one answer.
  public var responseSizeLimit = 128 << 20
  /// Where the jitter of backoffs and the choice of brokers and partitions come from.
  public var randomSeed: UInt64
  /// Called on the client's event loop with what its owner may want to log; it must not block.
  public var notice: @Sendable (ClientNotice) -> Void

  public init(
    clientID: String, randomSeed: UInt64 = .random(in: .min ... .max),
    notice: @escaping @Sendable (ClientNotice) -> Void = { _ in }
  ) {
    self.clientID = clientID
    self.randomSeed = randomSeed
    self.notice = notice
  }
}
