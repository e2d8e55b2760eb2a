/// Lets one line per key and interval through and counts the others.
package struct LogLimiter {
  /// Keys remembered at once; beyond them all new keys share one.
  static let keyLimit = 256

  private struct Window {
    var end: Int64
    var suppressed: Int
  }

  private var windows: [String: Window] = [:]

  package init() {}

  /// The number of lines suppressed since the last one that passed; nil when this one is suppressed too.
  /// Times are monotonic nanoseconds.
  package mutating func admit(_ key: String, now: Int64, interval: Int64) -> Int? {
    var key = key
    if windows[key] == nil, windows.count >= Self.keyLimit {
      windows = windows.filter { $0.value.end > now }
      if windows.count >= Self.keyLimit { key = "" }
    }
    if let window = windows[key], now < window.end {
      windows[key]?.suppressed = window.suppressed &+ 1
      return nil
    }
    let (end, overflow) = now.addingReportingOverflow(interval)
    return windows.updateValue(Window(end: overflow ? .max : end, suppressed: 0), forKey: key)?.suppressed ?? 0
  }
}
