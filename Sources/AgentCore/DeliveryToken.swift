/// Names a span of records that were sent together, for their acknowledgements. Opaque to the producer, which gives it
/// back as it got it.
public struct DeliveryToken: Sendable, Hashable {
  static let streamBits: UInt64 = 28
  static let spanBits: UInt64 = 26

  /// The bits of `stream` and of `span` that are kept: far more than can be outstanding at once.
  static let streamMask = UInt32(1 << streamBits - 1)
  static let spanMask: UInt64 = 1 << spanBits - 1

  /// The most sources that can be told apart.
  public static let sourceLimit = 1 << 10

  /// All of it in one number.
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  init(source: UInt32, stream: UInt32, span: UInt64) {
    let place = UInt64(source & 0x3FF) << Self.streamBits | UInt64(stream & Self.streamMask)
    rawValue = place << Self.spanBits | span & Self.spanMask
  }

  /// The token of span `span` of the only stream of a source.
  public init(source: UInt32, span: UInt64) {
    self.init(source: source, stream: 0, span: span)
  }

  /// Which source, counted from 0.
  public var source: Int { Int(rawValue >> (Self.streamBits + Self.spanBits)) }
  /// Which of its streams.
  var stream: UInt32 { UInt32(truncatingIfNeeded: rawValue >> Self.spanBits) & Self.streamMask }
  /// Which span of the stream, modulo `spanMask + 1`.
  public var span: UInt64 { rawValue & Self.spanMask }
}
