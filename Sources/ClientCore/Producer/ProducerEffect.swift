import KafkaProtocol

/// What a `ProducerCore` wants done.
public enum ProducerEffect: Sendable {
  /// Send this to a broker and hand the answer to `produced` with the same number.
  case produce(ProduceRequest, number: UInt64, broker: Int32, versionLimit: Int16)
  /// Ask any broker for a producer id and hand the answer to `initialized`.
  case initialize(InitProducerIDRequest)
  /// The leaders may have changed.
  case refreshMetadata
  /// Records are done with.
  case deliver(Delivery)
  /// Bytes the buffer has back.
  case release(Int)
  case notice(ClientNotice)
}
