import Glibc
import Testing

/// A directory with the real `splashdam` and stand-ins for the programs it runs, beside the build so that the program
/// can be linked into it instead of copied.
final class TemporaryPrograms {
  let directory: String
  var state: String { "\(directory)/state" }

  init() throws {
    let products = try #require(Self.productsDirectory())
    directory = "\(products)/tool-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try #require(mkdir(directory, 0o700) == 0)
    try link("splashdam")
  }

  deinit {
    // Only what this made, by a program that takes care of the levels below.
    _ = ProgramRun.toTheEnd("/bin/rm", ["-r", directory])
  }

  private static func productsDirectory() -> String? {
    guard let path = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(path) }
    return String(String(cString: path).split(separator: "/").dropLast().map { "/" + $0 }.joined())
  }

  /// Puts a real program beside `splashdam`.
  func link(_ name: String) throws {
    let products = try #require(Self.productsDirectory())
    try #require(Glibc.link("\(products)/\(name)", "\(directory)/\(name)") == 0, "build the executable \(name) first")
  }

  /// Writes a stand-in. It says that it is ready, notes its end in the file `ends`, and prints what it was started with.
  /// `onTerminate` and `afterStart` are lines of Python.
  func write(_ name: String, onTerminate: String = "sys.exit(0)", afterStart: String = "pass") throws {
    let script = """
      #!/usr/bin/python3
      import os, signal, socket, sys, time
      name = os.path.basename(sys.argv[0])
      def end(number, frame):
          with open(os.path.dirname(sys.argv[0]) + "/ends", "a") as ends: ends.write(name + "\\n")
          \(onTerminate)
      signal.signal(signal.SIGTERM, end)
      def await_part(part):
          while not os.path.exists(os.path.dirname(sys.argv[0]) + "/" + part + ".started"): time.sleep(0.01)
      open(sys.argv[0] + ".started", "w").close()
      print(name, "started with", *sys.argv[1:], file=sys.stderr, flush=True)
      notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      notify.sendto(b"STATUS=up\\nREADY=1", "\\0" + os.environ["NOTIFY_SOCKET"][1:])
      \(afterStart)
      while True: signal.pause()

      """
    let path = "\(directory)/\(name)"
    let file = try #require(fopen(path, "w"))
    fputs(script, file)
    fclose(file)
    try #require(chmod(path, 0o755) == 0)
  }

  func writeAll() throws {
    for name in ["splashdam-broker", "splashdam-agent", "splashdam-sink"] { try write(name) }
  }

  /// Names of the stand-ins in the order they were told to end.
  var ends: [String] { ProgramRun.content("\(directory)/ends").split(separator: "\n").map(String.init) }

  /// A port nobody listens on now.
  static func freePort() throws -> (port: Int, socket: Int32) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) + listen(descriptor, 1) + getsockname(descriptor, $0, &length)
      }
    }
    try #require(result == 0)
    return (Int(UInt16(bigEndian: address.sin_port)), descriptor)
  }
}
