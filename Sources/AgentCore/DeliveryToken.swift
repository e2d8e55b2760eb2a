/// Names a span of records that were sent together, for their acknowledgements. Opaque to the producer.
public struct DeliveryToken: Sendable, Hashable {
  /// Which source, counted from 0.
  public var source: UInt32
  /// Which of its streams.
  public var stream: UInt32
  /// Which span of the stream, counted from 0.
  public var span: UInt64

  @inlinable
  public init(source: UInt32, stream: UInt32, span: UInt64) {
    self.source = source
    self.stream = stream
    self.span = span
  }
}
