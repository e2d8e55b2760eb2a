import Base

/// How the text of one value is understood, and how that is told to a person who wrote something else.
public struct ConfigurationFormat<Value: Sendable>: Sendable {
  /// What completes the sentence "expected …".
  public let expected: String
  /// The values there are, where they can be named; the nearest is suggested.
  let candidates: [String]
  let understand: @Sendable (String) -> Value?

  /// `understand` returns nil for a text that is not in the format.
  public init(expected: String, candidates: [String] = [], understand: @escaping @Sendable (String) -> Value?) {
    self.expected = expected
    self.candidates = candidates
    self.understand = understand
  }

  /// The value of `text`, which was written at `origin` for the key `keyPath`.
  public func parse(
    _ text: String, keyPath: String, origin: ConfigurationOrigin
  ) throws(ConfigurationError) -> Value {
    if let value = understand(text) { return value }
    throw ConfigurationError(
      origin: origin, keyPath: keyPath,
      problem: "\(keyPath): expected \(expected), found \(text.quotedForMessage)",
      remedy: text.nearest(among: candidates).map { "did you mean \($0.quotedForMessage)?" })
  }
}

extension ConfigurationFormat where Value == String {
  /// Any text that is not empty.
  public static var text: Self {
    ConfigurationFormat(expected: "text that is not empty") { $0.isEmpty ? nil : $0 }
  }
}

extension ConfigurationFormat where Value == Int {
  public static func integer(in range: ClosedRange<Int>) -> Self {
    ConfigurationFormat(expected: "a whole number\(range.words { "\($0)" })") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A count of bytes. `64k`, `64 KiB` and `65536` are the same; `64 kB` is 64,000.
  public static func bytes(in range: ClosedRange<Int>) -> Self {
    let units: [String: Int] = [
      "": 1, "b": 1, "k": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gib": 1 << 30,
      "t": 1 << 40, "tib": 1 << 40, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
    ]
    return ConfigurationFormat(expected: "a size such as 64k or \"8 MiB\"\(range.words { "\($0) bytes" })") { text in
      text.quantity(in: range, units: units)
    }
  }

  /// A length of time in milliseconds: `250ms`, `5s`, `10min`, `1h`, `14d`. Only 0 needs no unit.
  public static func duration(in range: ClosedRange<Int>) -> Self {
    let units = [
      "ms": 1, "s": 1000, "sec": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]
    return ConfigurationFormat(expected: "a duration such as 250ms, 5s or 14d\(range.words { "\($0) ms" })") { text in
      text == "0" ? (range.contains(0) ? 0 : nil) : text.quantity(in: range, units: units)
    }
  }
}

extension ConfigurationFormat where Value == Bool {
  public static var boolean: Self {
    ConfigurationFormat(expected: "true or false") { text in
      switch text.lowercased() {
      case "true", "yes", "on": true
      case "false", "no", "off": false
      default: nil
      }
    }
  }
}

extension ConfigurationFormat where Value: RawRepresentable<String> & CaseIterable {
  /// The raw value of one of the cases.
  public static var choice: Self {
    let names = Value.allCases.map(\.rawValue)
    return ConfigurationFormat(expected: names.joined(separator: " or "), candidates: names) { Value(rawValue: $0) }
  }
}

extension ClosedRange<Int> {
  /// ` from 1 to 10`, with the ends left out that bind nobody.
  fileprivate func words(_ describe: (Int) -> String) -> String {
    switch (lowerBound > 0, upperBound < .max) {
    case (true, true), (false, true): " from \(describe(lowerBound)) to \(describe(upperBound))"
    case (true, false): " of at least \(describe(lowerBound))"
    case (false, false): ""
    }
  }
}

extension String {
  /// Digits, perhaps a space, and one of `units` (lowercase); nil for anything else or beyond the range.
  fileprivate func quantity(in range: ClosedRange<Int>, units: [String: Int]) -> Int? {
    let digits = utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    var rest = utf8.dropFirst(digits.count)
    if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    guard let count = Int(Substring(digits)), let unit = units[Substring(rest).lowercased()] else { return nil }
    let (value, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow || !range.contains(value) ? nil : value
  }
}
