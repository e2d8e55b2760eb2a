import NIOCore

/// Cuts a byte stream into frames. Bytes go in as they were read; frames come out without their size field.
///
///     reader.append(bytes)
///     while let frame = try reader.next() { … }
///
/// A frame that lies whole in the bytes of one `append` is a slice of them. One that arrives in parts is put together
/// in a buffer that grows with what arrived, never with what the size field promises. After an error the stream has
/// no frames any more: close the connection.
public struct FrameReader: Sendable {
  /// Bytes of a size field.
  @usableFromInline static let prefixSize = 4

  /// Bytes a frame may have without its size field.
  public let sizeLimit: Int
  @usableFromInline var pending = ByteBuffer()

  @inlinable
  public init(sizeLimit: Int) {
    self.sizeLimit = min(sizeLimit, Int(Int32.max))
  }

  /// Bytes that arrived and are not yet part of a frame that was handed out.
  @inlinable public var bufferedByteCount: Int { pending.readableBytes }

  /// Whether `next` has something to say: a whole frame, or an error.
  @inlinable public var hasNext: Bool {
    guard let size = pending.getInteger(at: pending.readerIndex, as: Int32.self) else { return false }
    return size < 0 || Int(size) > sizeLimit || pending.readableBytes &- Self.prefixSize >= Int(size)
  }

  @inlinable
  public mutating func append(_ bytes: ByteBuffer) {
    if pending.readableBytes == 0 {
      pending = bytes
      return
    }
    if pending.readerIndex > 0, pending.writableBytes < bytes.readableBytes {
      // The frames that were handed out lie before the rest. Were they carried along, the buffer of a stream that never
      // pauses between two frames would grow as long as it flows.
      var rest = ByteBuffer()
      rest.reserveCapacity((pending.readableBytes &+ bytes.readableBytes) &* 2)
      rest.writeImmutableBuffer(pending)
      pending = rest
    }
    pending.writeImmutableBuffer(bytes)
  }

  /// Bytes that the reader has memory for.
  package var capacity: Int { pending.capacity }

  /// The next whole frame; nil when more bytes are needed.
  @inlinable
  public mutating func next() throws(FrameError) -> ByteBuffer? {
    guard let size = pending.getInteger(at: pending.readerIndex, as: Int32.self) else { return nil }
    guard size >= 0, Int(size) <= sizeLimit else { throw FrameError(size: size, limit: sizeLimit, first: pending) }
    guard pending.readableBytes &- Self.prefixSize >= Int(size) else { return nil }
    pending.moveReaderIndex(forwardBy: Self.prefixSize)
    let frame = pending.readSlice(length: Int(size))
    // Nothing is left to keep the memory for.
    if pending.readableBytes == 0 { pending = ByteBuffer() }
    return frame
  }
}
