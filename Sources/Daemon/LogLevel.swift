/// How much a line of the log matters.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
  /// What helps to find a fault in the program.
  case debug
  /// What happens in the ordinary course.
  case info
  /// What an operator would like to know: started, stopped, joined, recovered.
  case notice
  /// Something is wrong; the program copes.
  case warning
  /// Something asked for cannot be done.
  case error

  /// The priority of syslog and the journal (sd-daemon(3)).
  var priority: Int {
    switch self {
    case .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    }
  }

  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.priority > right.priority }
}
