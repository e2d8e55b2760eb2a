import NIOCore

extension Message {
  /// Reads a message that fills `body`. Records stay slices of it.
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
      try decoder.finish()
      return message
    }
  }

  @inlinable
  func encode(into buffer: ByteBuffer, version: Int16) throws(ProtocolError) -> EncodedFrame {
    guard Self.versions.contains(version) else { throw .unsupportedVersion(version, supported: Self.versions) }
    var encoder = FieldEncoder(into: buffer, version: version, isFlexible: Self.isFlexible(version))
    var message = self
    try message.code(&encoder)
    return EncodedFrame(bytes: encoder.output, splices: encoder.splices)
  }

  /// The message alone, without size and header.
  public func encoded(version: Int16) throws(ProtocolError) -> ByteBuffer {
    let frame = try encode(into: ByteBuffer(), version: version)
    return frame.contiguous() ?? frame.bytes
  }
}

extension RequestMessage {
  /// The whole frame of a request: size, header and body. `buffer` is reused when it is given and empty.
  @inlinable
  public func frame(
    version: Int16, correlationID: Int32, clientID: String?, in buffer: ByteBuffer = ByteBuffer()
  ) throws(ProtocolError) -> EncodedFrame {
    var buffer = buffer
    let start = buffer.writerIndex
    buffer.writeInteger(UInt32(0))
    let header = RequestHeader(key: Self.key, version: version, correlationID: correlationID, clientID: clientID)
    try header.write(into: &buffer, isFlexible: Self.isFlexible(version))
    return try encode(into: buffer, version: version).sized(from: start)
  }
}

extension ResponseMessage {
  /// Whether the header of a response has tagged fields (header version 1). Those of ApiVersions never have: its
  /// client does not know yet what the broker speaks (KIP-511).
  @inlinable
  public static func hasFlexibleHeader(_ version: Int16) -> Bool { isFlexible(version) && key != .apiVersions }

  /// The whole frame of a response: size, header and body. `buffer` is reused when it is given and empty.
  @inlinable
  public func frame(
    version: Int16, correlationID: Int32, in buffer: ByteBuffer = ByteBuffer()
  ) throws(ProtocolError) -> EncodedFrame {
    var buffer = buffer
    let start = buffer.writerIndex
    buffer.writeInteger(UInt32(0))
    buffer.writeInteger(correlationID)
    if Self.hasFlexibleHeader(version) { buffer.writeInteger(UInt8(0)) }
    return try encode(into: buffer, version: version).sized(from: start)
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

extension EncodedFrame {
  /// Fills in the size field that stands at `start`.
  @inlinable
  func sized(from start: Int) throws(ProtocolError) -> EncodedFrame {
    var frame = self
    let size = byteCount - 4
    guard size <= Int(Int32.max) else { throw .tooLong(byteCount: size, limit: Int(Int32.max)) }
    frame.bytes.setInteger(UInt32(size), at: start)
    return frame
  }
}
