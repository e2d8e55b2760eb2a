import Daemon
import Glibc

/// Writes to stdout and stderr; a reader who went away, as `head` does, ends the program quietly.
public enum StandardOutput {
  public static func write(_ text: String) throws(ToolFailure) {
    try write(Array(text.utf8))
  }

  public static func write(_ bytes: [UInt8]) throws(ToolFailure) {
    let code = bytes.withUnsafeBytes { writeWhole($0, to: STDOUT_FILENO) }
    if code == EPIPE { exit(ExitStatus.success.rawValue) }
    guard code == 0 else {
      throw ToolFailure("cannot write to stdout: \(String(cString: strerror(code)))", status: .inputOutput)
    }
  }

  /// A line for the person, on stderr. Nobody is left to tell when it cannot be written.
  public static func tell(_ line: String) {
    _ = Array((line + "\n").utf8).withUnsafeBytes { writeWhole($0, to: STDERR_FILENO) }
  }
}
