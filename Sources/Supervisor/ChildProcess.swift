import CSpawn
import Glibc

/// A running program with the pipes it prints to.
struct ChildProcess: Sendable {
  let identifier: pid_t
  /// Readable once the program has ended.
  let descriptor: Int32
  /// Taken over by relays.
  let output: Int32
  let errors: Int32

  /// Starts the program, which ends with this *thread*.
  init(_ program: ChildProgram, environment additions: [String: String]) throws(SupervisorError) {
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard nothing >= 0 else { throw .last("open /dev/null") }
    defer { close(nothing) }
    let output = try Pipe()
    let errors: Pipe
    do throws(SupervisorError) {
      errors = try Pipe()
    } catch {
      output.closeBoth()
      throw error
    }
    var descriptor: Int32 = -1
    let environment = Self.environment(changedBy: additions.merging(program.environment) { _, own in own })
    let result = Self.withCStrings([program.path] + program.arguments) { arguments in
      Self.withCStrings(environment) { environment in
        splashdam_spawn_child(
          program.path, arguments, environment, nothing, output.writeEnd, errors.writeEnd, &descriptor)
      }
    }
    close(output.writeEnd)
    close(errors.writeEnd)
    guard result > 0 else {
      close(output.readEnd)
      close(errors.readEnd)
      throw SupervisorError(description: "cannot run \(program.path): \(String(cString: strerror(-result)))")
    }
    identifier = result
    self.descriptor = descriptor
    self.output = output.readEnd
    self.errors = errors.readEnd
  }

  /// How it ended; to be called once `descriptor` is readable.
  func collect() -> ProcessEnd {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR { continue }
    close(descriptor)
    return ProcessEnd(waitStatus: status)
  }

  func send(_ signal: Int32) {
    // It cannot have become another process: nobody has collected this one yet.
    kill(identifier, signal)
  }

  /// What systemd told the parent about itself is not meant for the child.
  private static let foreignVariables: Set<String> = [
    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
  ]

  private static func environment(changedBy additions: [String: String]) -> [String] {
    var variables: [String] = []
    var next = environ
    while let variable = next.pointee {
      let text = String(cString: variable)
      let name = String(text.prefix { $0 != "=" })
      if !foreignVariables.contains(name), additions[name] == nil { variables.append(text) }
      next += 1
    }
    return variables + additions.map { "\($0.key)=\($0.value)" }.sorted()
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = texts.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
