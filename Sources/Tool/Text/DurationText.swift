/// Lengths of time as people write them.
public enum DurationText {
  private static let units: [String: Int64] = [
    "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
  ]

  /// Milliseconds of `250ms`, `5s`, `10min`, `1h`, `14d`, `2w`; nil for anything else.
  public static func milliseconds(_ text: some StringProtocol) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int64(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
    let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : milliseconds
  }
}
