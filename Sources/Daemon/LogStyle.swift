import Base
import Glibc

/// For whom lines are written.
public enum LogStyle: Sendable {
  /// `<4>message key=value`: the journal keeps the time and understands the priority (sd-daemon(3)).
  case journal
  /// `12:00:01.250 warning message key=value`, in colour and local time.
  case terminal
  /// `2026-11-24T12:00:01.250Z warning message key=value`
  case plain

  /// The style that fits what `descriptor` leads to. `journalStream` is the value of `JOURNAL_STREAM`, which names
  /// the device and inode of the journal's socket.
  public static func fitting(_ descriptor: Int32, journalStream: String?) -> LogStyle {
    var status = stat()
    if let journalStream, fstat(descriptor, &status) == 0, journalStream == "\(status.st_dev):\(status.st_ino)" {
      return .journal
    }
    return isatty(descriptor) == 1 ? .terminal : .plain
  }

  /// The style that fits this process's stderr.
  static func ofStandardError() -> LogStyle {
    fitting(STDERR_FILENO, journalStream: getenv("JOURNAL_STREAM").map { String(cString: $0) })
  }

  func line(_ level: LogLevel, _ text: String, at wallMilliseconds: Int64) -> String {
    switch self {
    case .journal: return "<\(level.priority)>\(text)\n"
    case .plain: return "\(UTCTime(wallMilliseconds).description) \(level.rawValue) \(text)\n"
    case .terminal:
      let colour =
        switch level {
        case .debug: "2"
        case .info: "0"
        case .notice: "36"
        case .warning: "33"
        case .error: "1;31"
        }
      return
        "\u{1B}[2m\(Self.localTime(wallMilliseconds))\u{1B}[0m \u{1B}[\(colour)m\(level.rawValue)\u{1B}[0m \(text)\n"
    }
  }

  private static func localTime(_ wallMilliseconds: Int64) -> String {
    var seconds = time_t(wallMilliseconds / 1000)
    var local = tm()
    localtime_r(&seconds, &local)
    let fields = [(Int(local.tm_hour), 2), (Int(local.tm_min), 2), (Int(local.tm_sec), 2)]
    return fields.map { $0.0.zeroPadded(to: $0.1) }.joined(separator: ":") + "."
      + Int(wallMilliseconds % 1000).zeroPadded(to: 3)
  }
}
