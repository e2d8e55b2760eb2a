import Glibc

/// What may be shown on an open file descriptor.
public struct Terminal: Sendable, Hashable {
  public var isTerminal: Bool
  /// Whether colours are welcome: a terminal that has them, and no `NO_COLOR` (no-color.org).
  public var hasColours: Bool
  /// Columns, 80 where nobody knows.
  public var columns: Int

  public init(isTerminal: Bool, hasColours: Bool, columns: Int) {
    self.isTerminal = isTerminal
    self.hasColours = hasColours
    self.columns = columns
  }

  public init(descriptor: Int32) {
    isTerminal = isatty(descriptor) == 1
    let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let kind = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    hasColours = isTerminal && !refused && kind != "dumb"
    var size = winsize()
    let known = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = known ? Int(size.ws_col) : 80
  }

  public static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
  public static let standardError = Terminal(descriptor: STDERR_FILENO)

  /// The text with ECMA-48 attributes where colours are welcome: `1` bold, `2` faint, `31` red …
  public func styled(_ text: String, _ attributes: String) -> String {
    hasColours ? "\u{1B}[\(attributes)m\(text)\u{1B}[0m" : text
  }
}
