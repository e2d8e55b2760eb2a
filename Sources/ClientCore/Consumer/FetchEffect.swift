import KafkaProtocol

/// What a `FetchCore` wants done. The answers go to `fetched` and `listed` with the same number.
public enum FetchEffect: Sendable {
  case fetch(FetchRequest, number: UInt64, broker: Int32, versionLimit: Int16)
  case listOffsets(ListOffsetsRequest, number: UInt64, broker: Int32)
  /// The leaders may have changed.
  case refreshMetadata
  case notice(ClientNotice)
}
