import ClientCore
import Glibc
import NIOCore

/// A blocking TCP connection that carries whole frames: what lies between the load generator and the broker is the
/// kernel alone.
struct RawConnection: ~Copyable {
  private static let frameLimit = 16 << 20

  private let descriptor: Int32
  private let broker: BrokerAddress
  private var received: [UInt8] = []
  private var chunk = [UInt8](repeating: 0, count: 64 << 10)

  init(_ broker: BrokerAddress) throws(ToolFailure) {
    self.broker = broker
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(broker.host, "\(broker.port)", &hints, &found)
    guard code == 0, let found else {
      throw ToolFailure("cannot find \(broker): \(String(cString: gai_strerror(code)))", status: .unavailable)
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(found.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0, connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw ToolFailure("cannot connect to \(broker): \(reason)", status: .unavailable)
    }
    var noDelay: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Sends a frame, its size included.
  func send(_ frame: [UInt8]) throws(ToolFailure) {
    var sent = 0
    while sent < frame.count {
      let count = frame.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, frame.count - sent) }
      guard count > 0 || errno == EINTR else { throw lost(String(cString: strerror(errno))) }
      sent += max(0, count)
    }
  }

  /// Waits for the next frame and returns it without its size.
  mutating func receive() throws(ToolFailure) -> ByteBuffer {
    while true {
      if received.count >= 4 {
        let size = received[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard size <= Self.frameLimit else { throw lost("it sent a frame of \(size) bytes") }
        if received.count >= 4 + size {
          let frame = ByteBuffer(bytes: received[4..<(4 + size)])
          received.removeFirst(4 + size)
          return frame
        }
      }
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw lost(count == 0 ? "it closed the connection" : String(cString: strerror(errno))) }
      received += chunk[..<count]
    }
  }

  /// Waits for the next frame, which takes the place of what `frame` held, without its size. For connections on which
  /// nothing else receives.
  func receive(into frame: inout ByteBuffer) throws(ToolFailure) {
    frame.clear()
    try fill(&frame, 4)
    let size = Int(frame.readInteger(as: UInt32.self) ?? 0)
    guard (4...Self.frameLimit).contains(size) else { throw lost("it sent a frame of \(size) bytes") }
    frame.clear()
    try fill(&frame, size)
  }

  private func fill(_ frame: inout ByteBuffer, _ size: Int) throws(ToolFailure) {
    while frame.readableBytes < size {
      let rest = size - frame.readableBytes
      var result = 0
      frame.writeWithUnsafeMutableBytes(minimumWritableBytes: rest) {
        result = recv(descriptor, $0.baseAddress, rest, 0)
        return max(0, result)
      }
      if result == 0 { throw lost("it closed the connection") }
      if result < 0, errno != EINTR { throw lost(String(cString: strerror(errno))) }
    }
  }

  private func lost(_ reason: String) -> ToolFailure {
    ToolFailure("the connection to \(broker) was lost: \(reason)", status: .unavailable)
  }
}
