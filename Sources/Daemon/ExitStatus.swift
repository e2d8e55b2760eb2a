import Glibc

/// How a program ends (sysexits.h), so that a service manager can tell a mistake from a mishap: restarting mends
/// neither `usage` nor `configuration`.
public enum ExitStatus: Int32, Sendable {
  case success = 0
  case failure = 1
  /// The command line is wrong. ArgumentParser ends with this one too.
  case usage = 64
  /// Something it needs, such as a port, is not to be had.
  case unavailable = 69
  /// Reading or writing failed.
  case inputOutput = 74
  /// A file or directory may not be used.
  case noPermission = 77
  /// A configuration is wrong.
  case configuration = 78

  /// Ends the process with one line on stderr: `splashdam-sink: etc/sink.yaml:4: unknown key …`. The journal, which
  /// knows the program, gets it as an error.
  public func exit(program: String, because message: String) -> Never {
    switch LogStyle.ofStandardError() {
    case .journal: writeWhole("<\(LogLevel.error.priority)>\(message)\n", to: STDERR_FILENO)
    case .plain, .terminal: writeWhole("\(program): \(message)\n", to: STDERR_FILENO)
    }
    Glibc.exit(rawValue)
  }
}
