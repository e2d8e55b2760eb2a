import NIOCore

/// A frame ready for the wire, its four bytes of size included.
public struct EncodedFrame: Sendable, Hashable {
  /// Record batches that belong before the byte at `index` of `bytes`.
  public struct Splice: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
      case bytes(ByteBuffer)
      /// What `RecordsPayload.external` stood for.
      case external(byteCount: Int, index: Int)
    }

    public var index: Int
    public var content: Content

    @inlinable
    public init(index: Int, content: Content) {
      self.index = index
      self.content = content
    }
  }

  /// Everything but the spliced batches.
  public var bytes: ByteBuffer
  /// In the order of their places.
  public var splices: [Splice]

  /// Takes over what `encoder` wrote; with `isSized` its first four bytes get the size.
  @inlinable
  init(_ encoder: FieldEncoder, isSized: Bool) throws(ProtocolError) {
    bytes = ByteBuffer(bytes: encoder.written)
    splices = encoder.splices
    guard isSized else { return }
    let size = byteCount - 4
    guard size <= Int(Int32.max) else { throw .tooLong(byteCount: size, limit: Int(Int32.max)) }
    bytes.setInteger(UInt32(size), at: 0)
  }

  /// Bytes on the wire, size field included.
  @inlinable
  public var byteCount: Int {
    splices.reduce(bytes.readableBytes) { count, splice in
      switch splice.content {
      case .bytes(let buffer): count + buffer.readableBytes
      case .external(let byteCount, _): count + byteCount
      }
    }
  }

  /// Calls `body` with each piece in order.
  @inlinable
  public func forEachPiece(_ body: (Splice.Content) -> Void) {
    var start = bytes.readerIndex
    for splice in splices {
      if splice.index > start, let piece = bytes.getSlice(at: start, length: splice.index - start) {
        body(.bytes(piece))
      }
      body(splice.content)
      start = splice.index
    }
    if bytes.writerIndex > start, let piece = bytes.getSlice(at: start, length: bytes.writerIndex - start) {
      body(.bytes(piece))
    }
  }

  /// The frame in one buffer; nil when parts of it are external.
  @inlinable
  public func contiguous() -> ByteBuffer? {
    if splices.isEmpty { return bytes }
    var whole = ByteBuffer()
    whole.reserveCapacity(byteCount)
    var isComplete = true
    forEachPiece { piece in
      switch piece {
      case .bytes(let buffer): whole.writeImmutableBuffer(buffer)
      case .external: isComplete = false
      }
    }
    return isComplete ? whole : nil
  }
}
