import NIOCore

/// What stands before each request (header versions 1 and 2; KIP-482).
public struct RequestHeader: Sendable, Hashable {
  public var key: ApiKey
  public var version: Int16
  /// Chosen by the client; the response has it again.
  public var correlationID: Int32
  /// What the client calls itself.
  public var clientID: String?

  @inlinable
  public init(key: ApiKey, version: Int16, correlationID: Int32, clientID: String?) {
    self.key = key
    self.version = version
    self.correlationID = correlationID
    self.clientID = clientID
  }

  /// Takes the header off the front of a frame (without its size); what is left is the body. For an API nobody here
  /// knows, what follows the correlation id cannot be told apart and is left.
  @inlinable
  public init(readingFrom frame: inout ByteBuffer) throws(ProtocolError) {
    let start = frame
    guard let key = frame.readInteger(as: Int16.self), let version = frame.readInteger(as: Int16.self),
      let correlationID = frame.readInteger(as: Int32.self)
    else { throw .truncated(offset: 0, expected: 8, available: start.readableBytes) }
    self.init(key: ApiKey(rawValue: key), version: version, correlationID: correlationID, clientID: nil)
    guard let firstFlexibleVersion = self.key.firstFlexibleVersion else { return }
    let isFlexible = version >= firstFlexibleVersion
    // The client id keeps its two-byte length in flexible headers too, for brokers that do not know the version.
    var clientID: String?
    let consumed = try frame.decoding(version: version, isFlexible: false) { (decoder) throws(ProtocolError) in
      try decoder.nullableText(&clientID)
      return decoder.position
    }
    frame.moveReaderIndex(forwardBy: consumed)
    if isFlexible {
      let tags = try frame.decoding(version: version, isFlexible: true) { (decoder) throws(ProtocolError) in
        try decoder.noTags()
        return decoder.position
      }
      frame.moveReaderIndex(forwardBy: tags)
    }
    self.clientID = clientID
  }

  @inlinable
  func write(to encoder: inout FieldEncoder) throws(ProtocolError) {
    encoder.write(key.rawValue)
    encoder.write(version)
    encoder.write(correlationID)
    if var clientID {
      encoder.write(Int16(clamping: clientID.utf8.count))
      clientID.withUTF8 {
        encoder.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0).prefix(Int(Int16.max))))
      }
    } else {
      encoder.write(Int16(-1))
    }
    if encoder.isFlexible { encoder.write(UInt8(0)) }
  }
}
