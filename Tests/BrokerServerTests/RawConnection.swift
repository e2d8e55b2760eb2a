import Glibc
import KafkaProtocol
import NIOCore
import Records

/// A blocking socket that sends what a test likes.
final class RawConnection {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let descriptor: Int32

  init(port: Int, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(description: "connect: \(errno)") }
  }

  deinit {
    close(descriptor)
  }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "send: \(errno)") }
      sent += count
    }
  }

  func send(_ message: some RequestMessage, version: Int16, correlationID: Int32) throws {
    let frame = try message.frame(version: version, correlationID: correlationID, clientID: "raw")
    try send(Array(buffer: frame.contiguous() ?? frame.bytes))
  }

  /// One frame without its size; nil when the other side closed the connection.
  func receive() throws -> ByteBuffer? {
    guard let prefix = try read(4) else { return nil }
    let size = prefix.reduce(0) { $0 << 8 | Int($1) }
    guard let frame = try read(size) else { throw Failure(description: "closed within a frame") }
    return ByteBuffer(bytes: frame)
  }

  /// The correlation id of the next answer.
  func receiveCorrelationID() throws -> Int32? {
    var frame = try receive()
    return frame?.readInteger(as: Int32.self)
  }

  func ask<Message: RequestMessage>(_ message: Message, version: Int16) throws -> Message.Response {
    try send(message, version: version, correlationID: 9)
    guard var frame = try receive(), frame.readInteger(as: Int32.self) == 9 else {
      throw Failure(description: "no answer")
    }
    return try Message.Response(decodingAfterCorrelationID: frame, version: version)
  }

  /// Whether the other side closes the connection, whatever it sends before.
  func isClosedByPeer() throws -> Bool {
    while try receive() != nil {}
    return true
  }

  private func read(_ count: Int) throws -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + done, count - done, 0) }
      if read == 0 || (read < 0 && errno == ECONNRESET) {
        if done == 0 { return nil }
        throw Failure(description: "closed after \(done) of \(count) bytes")
      }
      guard read > 0 else { throw Failure(description: "recv: \(errno)") }
      done += read
    }
    return bytes
  }
}
