/// How a process ended (waitpid(2)).
public enum ProcessEnd: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  /// From a status that `waitpid` stored.
  package init(waitStatus status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }

  public var isSuccess: Bool { self == .exited(0) }

  /// What completes the sentence "the broker …".
  public var description: String {
    switch self {
    case .exited(let status):
      let meaning = Self.meanings[status].map { ", \($0)" } ?? ""
      return "ended with status \(status)\(meaning)"
    case .killed(let signal):
      return "was killed by " + (Self.signals[signal] ?? "signal \(signal)")
    }
  }

  /// sysexits.h, as far as this project uses it.
  private static let meanings: [Int32: String] = [
    1: "a failure", 64: "a wrong command line", 69: "something it needs is not to be had",
    74: "reading or writing failed", 77: "a permission is missing", 78: "a wrong configuration",
  ]

  /// signal(7)
  private static let signals: [Int32: String] = [
    1: "signal 1 (SIGHUP)", 2: "signal 2 (SIGINT)", 3: "signal 3 (SIGQUIT)",
    4: "signal 4 (SIGILL: the program trapped)",
    5: "signal 5 (SIGTRAP: the program trapped)", 6: "signal 6 (SIGABRT)", 7: "signal 7 (SIGBUS)",
    8: "signal 8 (SIGFPE)", 9: "signal 9 (SIGKILL: by somebody, or because memory ran out)",
    11: "signal 11 (SIGSEGV)", 13: "signal 13 (SIGPIPE)", 15: "signal 15 (SIGTERM)",
  ]
}
