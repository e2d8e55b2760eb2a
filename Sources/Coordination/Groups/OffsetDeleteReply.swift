import KafkaProtocol

/// The answer to an OffsetDelete request.
public struct OffsetDeleteReply: Sendable, Hashable {
  /// Of the whole request.
  public var error: ErrorCode
  /// One for each partition of the request, in its order; empty when the whole request failed.
  public var partitions: [ErrorCode]

  init(error: ErrorCode = .none, partitions: [ErrorCode] = []) {
    self.error = error
    self.partitions = partitions
  }
}
