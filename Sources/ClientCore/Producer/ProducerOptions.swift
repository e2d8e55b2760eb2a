import Records

/// How a producer gathers and sends.
public struct ProducerOptions: Sendable, Hashable {
  public enum Acknowledgement: Int16, Sendable, Hashable {
    /// The leader has it.
    case leader = 1
    /// Every replica in sync has it; what idempotence needs.
    case all = -1
  }

  /// Each record at most once in its partition's log, and in order, whatever is retried. Needs `acknowledgement: .all`.
  public var isIdempotent = true
  public var acknowledgement = Acknowledgement.all
  public var compression = Compression.lz4
  /// The codec's level; nil: its default.
  public var compressionLevel: Int32?
  /// How long a record waits for others to share its batch.
  public var lingerMilliseconds: Int64 = 5
  /// Bytes of a batch before compression. A larger record has a batch of its own.
  public var batchSize = 256 << 10
  /// Bytes that a record may have in a batch of its own. A broker's `message.max.bytes` is 1,048,588 unless configured.
  public var recordSizeLimit = 1_000_000
  /// Bytes of one Produce request.
  public var requestSizeLimit = 4 << 20
  /// Produce requests on the way to one broker, 1 to 5: brokers remember the last five batches of a producer.
  public var inFlightLimit = 5
  /// Bytes of records taken and not yet acknowledged.
  public var bufferSize = 32 << 20
  /// How long after `send` a record's fate is decided at the latest; nil: it is tried until it is acknowledged or
  /// refused for good.
  public var deliveryTimeoutMilliseconds: Int64? = 120_000
  /// How long an answer to a Produce request may take.
  public var requestTimeoutMilliseconds: Int64 = 30_000
  /// Whether topics that do not exist may come into being by being produced to, where the broker allows that.
  public var createsTopics = true

  public init() {}
}
