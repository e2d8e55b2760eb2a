import NIOCore

/// Why a byte stream is not one of Kafka frames.
public enum FrameError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The size field is negative.
  case negativeSize(Int32)
  case tooLarge(size: Int, limit: Int)
  /// The first bytes are the beginning of something else.
  case foreign(ForeignProtocol)

  @usableFromInline
  init(size: Int32, limit: Int, first: ByteBuffer) {
    if let foreign = ForeignProtocol(recognizing: first.readableBytesView.prefix(8)) {
      self = .foreign(foreign)
    } else if size < 0 {
      self = .negativeSize(size)
    } else {
      self = .tooLarge(size: Int(size), limit: limit)
    }
  }

  public var description: String {
    switch self {
    case .negativeSize(let size): "the size of a frame is \(size): this is not the Kafka protocol"
    case .tooLarge(let size, let limit):
      "a frame has \(size) bytes, at most \(limit) are taken (socket.request.max.bytes)"
    case .foreign(.http): "this is an HTTP request; the port speaks the Kafka protocol"
    case .foreign(.tls): "this is a TLS handshake; the port speaks the Kafka protocol without TLS"
    case .foreign(.ssh): "this is an SSH client; the port speaks the Kafka protocol"
    }
  }
}
