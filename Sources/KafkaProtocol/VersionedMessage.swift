import NIOCore

/// A message that carries its own version in two bytes before it: keys and values of internal topics, and what the
/// members of a consumer group tell each other.
public protocol VersionedMessage: Message {}

extension VersionedMessage {
  public func encodedWithVersion(_ version: Int16) throws(ProtocolError) -> [UInt8] {
    let frame = try encode(version: version, isSized: false) { (encoder) throws(ProtocolError) in
      encoder.write(version)
    }
    return Array(buffer: frame.contiguous() ?? frame.bytes)
  }

  /// Reads what `encodedWithVersion` writes. Bytes behind the last field are skipped: newer clients may know more
  /// fields (KIP-429).
  public init(decodingWithVersion bytes: [UInt8], newestVersion: Int16 = Self.versions.upperBound) throws(ProtocolError)
  {
    var buffer = ByteBuffer(bytes: bytes)
    guard let written = buffer.readInteger(as: Int16.self) else {
      throw .truncated(offset: 0, expected: 2, available: bytes.count)
    }
    guard written >= Self.versions.lowerBound else { throw .unsupportedVersion(written, supported: Self.versions) }
    let version = min(written, newestVersion)
    self = try buffer.decoding(version: version, isFlexible: Self.isFlexible(version)) {
      (decoder) throws(ProtocolError) in
      var message = Self()
      try message.code(&decoder)
      return message
    }
  }
}
