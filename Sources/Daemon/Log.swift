import Base
import Glibc
import Synchronization

/// A log of single lines with fields: `connection refused peer=10.0.0.7:51034 reason="frame of 2 GB"`. Usable from any
/// thread; each line is one `write`. Control characters from foreign bytes are escaped, long lines are cut.
public struct Log: Sendable {
  /// What is logged with a message, in the order given.
  public typealias Fields = KeyValuePairs<String, any CustomStringConvertible>

  /// Bytes of a line before it is cut: what a pipe takes in one piece.
  static let lineLimit = 4000

  private final class Shared: Sendable {
    let limiter = Mutex(LogLimiter())
    let output = Mutex(())
  }

  public let level: LogLevel
  private let descriptor: Int32
  private let style: LogStyle
  private let clock: @Sendable () -> Moment
  private let context: String
  private let shared: Shared

  private init(
    level: LogLevel, descriptor: Int32, style: LogStyle, clock: @escaping @Sendable () -> Moment, context: String,
    shared: Shared
  ) {
    self.level = level
    self.descriptor = descriptor
    self.style = style
    self.clock = clock
    self.context = context
    self.shared = shared
  }

  /// A log to an open file descriptor, which stays the caller's.
  public init(
    descriptor: Int32, level: LogLevel, style: LogStyle, clock: @escaping @Sendable () -> Moment = systemClock
  ) {
    self.init(level: level, descriptor: descriptor, style: style, clock: clock, context: "", shared: Shared())
  }

  /// The log of a program: stderr, in the style that fits where it leads.
  public static func standardError(level: LogLevel = .info) -> Log {
    Log(descriptor: STDERR_FILENO, level: level, style: .ofStandardError())
  }

  /// The same log with fields that each of its lines ends with.
  public func with(_ fields: Fields) -> Log {
    Log(
      level: level, descriptor: descriptor, style: style, clock: clock, context: context + Self.text(of: fields),
      shared: shared)
  }

  public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    if level <= .debug { write(.debug, message(), fields()) }
  }

  public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    if level <= .info { write(.info, message(), fields()) }
  }

  public func notice(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    if level <= .notice { write(.notice, message(), fields()) }
  }

  public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    if level <= .warning { write(.warning, message(), fields()) }
  }

  public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    if level <= .error { write(.error, message(), fields()) }
  }

  /// This log once per `key` and interval, nil in between; the next line that passes tells how many did not:
  /// `log.limited("bad-frame", everySeconds: 10)?.warning(…)`. Keys are few: reasons, not peers.
  public func limited(_ key: String, everySeconds seconds: Int64) -> Log? {
    let (interval, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let now = clock().monotonic
    let suppressed = shared.limiter.withLock { limiter in
      limiter.admit(key, now: now, interval: overflow ? .max : interval)
    }
    guard let suppressed else { return nil }
    return suppressed == 0 ? self : with(["suppressed": suppressed])
  }

  private func write(_ level: LogLevel, _ message: String, _ fields: Fields) {
    var text = Self.escaped(message, quoting: false) + Self.text(of: fields) + context
    if text.utf8.count > Self.lineLimit {
      text = String(decoding: text.utf8.prefix(Self.lineLimit), as: UTF8.self) + "…"
    }
    let line = style.line(level, text, at: clock().wall)
    shared.output.withLock { _ in writeWhole(line, to: descriptor) }
  }

  private static func text(of fields: Fields) -> String {
    fields.reduce(into: "") { text, field in
      let value = field.value.description
      let needsQuotes = value.isEmpty || value.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3D }
      text += " \(field.key)=" + (needsQuotes ? "\"\(escaped(value, quoting: true))\"" : escaped(value, quoting: false))
    }
  }

  private static func escaped(_ text: String, quoting: Bool) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quoting: escaped.append(contentsOf: "\\\"".unicodeScalars)
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
        escaped.append(contentsOf: "\\x\(String(scalar.value, radix: 16))".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
