import NIOCore

extension Message {
  /// Reads a message that fills `body`, but for what it tolerates. Records stay slices of it.
  ///
  /// - Parameter elementLimit: how many array elements it may have, all arrays counted together.
  @inlinable
  public init(
    decoding body: ByteBuffer, version: Int16, elementLimit: Int = FieldDecoder.defaultElementLimit
  ) throws(ProtocolError) {
    guard Self.versions.contains(version) else { throw .unsupportedVersion(version, supported: Self.versions) }
    self = try body.decoding(version: version, isFlexible: Self.isFlexible(version), elementLimit: elementLimit) {
      (decoder) throws(ProtocolError) in
      var message = Self()
      try message.code(&decoder)
      if !Self.toleratesTrailingBytes { try decoder.finish() }
      return message
    }
  }

  /// Makes a frame of what `header` writes and the message, or of the message alone.
  @inlinable
  func encode(
    version: Int16, isSized: Bool,
    header: (inout FieldEncoder) throws(ProtocolError) -> Void = { (_) throws(ProtocolError) in }
  ) throws(ProtocolError) -> EncodedFrame {
    guard Self.versions.contains(version) else { throw .unsupportedVersion(version, supported: Self.versions) }
    var encoder = FieldEncoder(version: version, isFlexible: Self.isFlexible(version))
    defer { encoder.deallocate() }
    if isSized { encoder.write(UInt32(0)) }
    try header(&encoder)
    var message = self
    try message.code(&encoder)
    return try EncodedFrame(encoder, isSized: isSized)
  }

  /// The message alone, without size and header.
  public func encoded(version: Int16) throws(ProtocolError) -> ByteBuffer {
    let frame = try encode(version: version, isSized: false)
    return frame.contiguous() ?? frame.bytes
  }
}

extension RequestMessage {
  /// The whole frame of a request: size, header and body.
  @inlinable
  public func frame(
    version: Int16, correlationID: Int32, clientID: String?
  ) throws(ProtocolError) -> EncodedFrame {
    let header = RequestHeader(key: Self.key, version: version, correlationID: correlationID, clientID: clientID)
    return try encode(version: version, isSized: true) { (encoder) throws(ProtocolError) in
      try header.write(to: &encoder)
    }
  }
}

extension ResponseMessage {
  /// Whether the header of a response has tagged fields (header version 1). Those of ApiVersions never have: its
  /// client does not know yet what the broker speaks (KIP-511).
  @inlinable
  public static func hasFlexibleHeader(_ version: Int16) -> Bool { isFlexible(version) && key != .apiVersions }

  /// The whole frame of a response: size, header and body.
  @inlinable
  public func frame(
    version: Int16, correlationID: Int32
  ) throws(ProtocolError) -> EncodedFrame {
    try encode(version: version, isSized: true) { (encoder) throws(ProtocolError) in
      encoder.write(correlationID)
      if Self.hasFlexibleHeader(version) { encoder.write(UInt8(0)) }
    }
  }

  /// Reads a response frame (without its size) whose correlation id has been read already.
  @inlinable
  public init(
    decodingAfterCorrelationID frame: ByteBuffer, version: Int16,
    elementLimit: Int = FieldDecoder.defaultElementLimit
  ) throws(ProtocolError) {
    var body = frame
    if Self.hasFlexibleHeader(version) {
      let tags = try body.decoding(version: version, isFlexible: true) { (decoder) throws(ProtocolError) in
        try decoder.noTags()
        return decoder.position
      }
      body.moveReaderIndex(forwardBy: tags)
    }
    try self.init(decoding: body, version: version, elementLimit: elementLimit)
  }
}
