import KafkaProtocol

/// The answer to a SyncGroup request.
public struct SyncGroupReply: Sendable, Hashable {
  public var error: ErrorCode
  public var protocolType: String?
  public var protocolName: String?
  /// Opaque to the broker; empty for a member that gets nothing.
  public var assignment: [UInt8] = []

  public init(error: ErrorCode = .none) {
    self.error = error
  }
}
