import Glibc
import Testing

/// A real broker and the tool, both as processes.
final class RunningBroker {
  let programs: TemporaryPrograms
  let address: String
  private let process: ProgramRun

  init() throws {
    programs = try TemporaryPrograms()
    try programs.link("splashdam-broker")
    let (port, socket) = try TemporaryPrograms.freePort()
    close(socket)
    address = "127.0.0.1:\(port)"
    process = try ProgramRun(
      "\(programs.directory)/splashdam-broker", ["--data", "\(programs.directory)/data", "--listen", address],
      outputs: programs.directory)
    try process.eventually { Self.accepts(port) }
  }

  var identifier: pid_t { process.identifier }

  /// Runs the tool to its end.
  func tool(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String, errors: String) {
    let run = try ProgramRun(
      "\(programs.directory)/splashdam", arguments + ["--brokers", address], outputs: programs.directory,
      input: Array(input.utf8))
    let status = try run.waitForEnd()
    return (status, run.output, run.errors)
  }

  /// The output of a command that must go well.
  func output(_ arguments: String..., input: String = "") throws -> String {
    let (status, output, errors) = try tool(arguments, input: input)
    try #require(status == 0, "\(arguments): \(errors)")
    return output
  }

  private static func accepts(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
