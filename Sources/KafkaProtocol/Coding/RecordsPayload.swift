import NIOCore

/// A `records` field: record batches as they are, one after the other.
public enum RecordsPayload: Sendable, Hashable {
  case null
  /// The batches; decoded ones are a slice of their frame.
  case bytes(ByteBuffer)
  /// Batches that whoever writes the frame puts here from elsewhere, as `FrameEncoder` tells it.
  case external(byteCount: Int, index: Int)

  @inlinable
  public var byteCount: Int {
    switch self {
    case .null: 0
    case .bytes(let buffer): buffer.readableBytes
    case .external(let byteCount, _): byteCount
    }
  }
}
