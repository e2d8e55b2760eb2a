import Glibc

/// Hears the `READY=1` of a program that thinks it runs under systemd (sd_notify(3)): a datagram socket in the abstract
/// namespace, so that no file is left behind. Anybody on the machine may send to it; all that does is start the other
/// parts early.
struct ReadinessSocket: Sendable {
  let descriptor: Int32
  /// The value of `NOTIFY_SOCKET` for the program.
  let name: String

  init(_ part: String) throws(SupervisorError) {
    name = "@splashdam/\(getpid())/\(UInt32.random(in: 0 ... .max))/\(part)"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .last("make a socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = [0] + Array(name.utf8.dropFirst())
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix($0.count)) }
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + bytes.count)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0 else {
      let error = SupervisorError.last("bind the socket \(name)")
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Takes the messages that came; whether one of them said it is ready.
  func receivesReadiness() -> Bool {
    var message = [UInt8](repeating: 0, count: 4096)
    var isReady = false
    while true {
      let count = recv(descriptor, &message, message.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return isReady }
      let lines = message[..<count].split(separator: UInt8(ascii: "\n"))
      if lines.contains(where: { $0.elementsEqual("READY=1".utf8) }) { isReady = true }
    }
  }

  func close() {
    Glibc.close(descriptor)
  }
}
