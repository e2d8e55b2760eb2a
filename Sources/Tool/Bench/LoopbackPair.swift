import Glibc

/// Two ends of a TCP connection over loopback, blocking.
struct LoopbackPair: ~Copyable {
  let near: Int32
  let far: Int32

  init() throws(ToolFailure) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw Self.failure("socket") }
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard isListening else { throw Self.failure("listen") }
    let near = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(near, $0, size) == 0 }
    }
    let far = isConnected ? accept(listener, nil, nil) : -1
    guard far >= 0 else {
      let failure = Self.failure("connect")
      if near >= 0 { close(near) }
      throw failure
    }
    self.near = near
    self.far = far
  }

  deinit {
    close(near)
    close(far)
  }

  private static func failure(_ operation: String) -> ToolFailure {
    ToolFailure("cannot \(operation) on loopback: \(String(cString: strerror(errno)))")
  }
}
