/// How a consumer fetches.
public struct ConsumerOptions: Sendable, Hashable {
  /// Where reading starts when there is no offset to start from, or the one there is lies outside the log.
  public enum Reset: Sendable, Hashable {
    case earliest
    case latest
  }

  public var reset = Reset.earliest
  /// How long a broker may hold a fetch back until `minBytes` are there.
  public var maxWaitMilliseconds: Int32 = 500
  public var minBytes: Int32 = 1
  /// Bytes of one answer.
  public var maxBytes: Int32 = 4 << 20
  /// Bytes of one partition in an answer. A larger batch comes alone.
  public var partitionMaxBytes: Int32 = 1 << 20
  /// Bytes fetched ahead of whoever asks for `next`; one answer may go beyond it.
  public var bufferSize = 8 << 20
  public var requestTimeoutMilliseconds: Int64 = 30_000
  public init() {}
}
