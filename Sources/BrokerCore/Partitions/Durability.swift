import KafkaProtocol

/// What is known of a record that was appended.
public enum Durability: Sendable, Hashable {
  /// It may be acknowledged.
  case durable
  case pending
  /// It will never be; the message is for the client.
  case failed(ErrorCode, String)
}
