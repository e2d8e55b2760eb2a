import Daemon
import Glibc
import Testing

/// Changes this process's environment, hence one test, which no other reads.
@Suite(.serialized) struct SystemdNotifierTests {
  @Test func speaksToTheServiceManager() throws {
    let path = "/tmp/splashdam-notify-\(getpid())"
    unlink(path)
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(socket >= 0)
    defer {
      close(socket)
      unlink(path)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    setenv("NOTIFY_SOCKET", path, 1)
    setenv("WATCHDOG_USEC", "3000000", 1)
    defer {
      unsetenv("NOTIFY_SOCKET")
      unsetenv("WATCHDOG_USEC")
    }

    let notifier = SystemdNotifier(log: .standardError())
    #expect(notifier.watchdogInterval == 3000)
    notifier.ready("listening on 127.0.0.1:9092")
    notifier.keepAlive()
    notifier.stopping("flushing")
    var received: [String] = []
    for _ in 0..<3 {
      var bytes = [UInt8](repeating: 0, count: 512)
      let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      received.append(String(decoding: bytes[..<max(0, count)], as: UTF8.self))
    }
    #expect(
      received == ["READY=1\nSTATUS=listening on 127.0.0.1:9092", "WATCHDOG=1", "STOPPING=1\nSTATUS=flushing"])
  }
}
