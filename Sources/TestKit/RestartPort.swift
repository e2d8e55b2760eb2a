import Glibc
import Synchronization

/// A port of 127.0.0.1 for a server that a test stops and starts again. One that the system chose could be taken
/// meanwhile by any outgoing connection; this one lies below those that the system chooses from (ip(7),
/// `ip_local_port_range`).
public enum RestartPort {
  private static let span = 8_000
  private static let rangePath = "/proc/sys/net/ipv4/ip_local_port_range"
  /// How many were handed out or found taken.
  private static let used = Atomic(0)

  /// A port that nobody listens on now and that no other test of this process is given.
  public static func take() throws(RestartPortError) -> Int {
    let end = try ephemeralStart()
    let first = max(1024, end - span)
    guard first < end else {
      throw RestartPortError("the system chooses from all ports: \(rangePath) begins at \(end)")
    }
    // Test processes that run side by side begin at different places.
    let offset = Int(getpid()) * 977
    for _ in first..<end {
      let number = used.add(1, ordering: .relaxed).oldValue
      let port = first + (offset + number) % (end - first)
      if try isFree(port) { return port }
    }
    throw RestartPortError("all ports from \(first) to \(end - 1) are taken")
  }

  /// Waits until nobody listens on `port` any more. A process that another test is just starting has a copy of every
  /// socket of this one between its fork and its exec, a closed listener among them.
  public static func waitUntilFree(_ port: Int) throws(RestartPortError) {
    for _ in 0..<2000 {
      if try isFree(port) { return }
      usleep(5000)
    }
    throw RestartPortError("port \(port) is still taken after 10 s")
  }

  private static func ephemeralStart() throws(RestartPortError) -> Int {
    guard let file = fopen(rangePath, "r") else { throw RestartPortError("cannot open \(rangePath), errno \(errno)") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { throw RestartPortError("cannot read \(rangePath)") }
    return strtol(line, nil, 10)
  }

  private static func isFree(_ port: Int) throws(RestartPortError) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw RestartPortError("no socket, errno \(errno)") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    // As a server does it: connections that have ended are no hindrance, a listener is.
    var isOn: CInt = 1
    guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<CInt>.size)) == 0 else {
      throw RestartPortError("cannot set SO_REUSEADDR, errno \(errno)")
    }
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
