/// Points in time as RFC 3339 writes them.
public enum TimeText {
  /// Milliseconds since 1970-01-01 UTC of `2026-11-24T05:17:29.250Z`, `2026-11-24 05:17:29+01:00` or, at midnight UTC,
  /// `2026-11-24`; nil for anything else. Digits beyond milliseconds are cut off.
  public static func milliseconds(_ text: String) -> Int64? {
    var scanner = Scanner(rest: Array(text.utf8)[...])
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
      let day = scanner.digits(2), (1...12).contains(month), (1...daysIn(month, of: year)).contains(day)
    else { return nil }
    let midnight = days(year, month, day) * 86_400_000
    if scanner.rest.isEmpty { return midnight }
    guard scanner.take("T") || scanner.take("t") || scanner.take(" "), let ofDay = scanner.timeOfDay(),
      let offset = scanner.offset(), scanner.rest.isEmpty
    else { return nil }
    return midnight + ofDay - offset
  }

  private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01, counted from 1 March of year 0 as `UTCTime` does.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    mutating func digits(_ count: Int) -> Int64? {
      let digits = rest.prefix(count)
      guard digits.count == count else { return nil }
      var value: Int64 = 0
      for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + Int64(digit - UInt8(ascii: "0"))
      }
      rest = rest.dropFirst(count)
      return value
    }

    /// Milliseconds since midnight; a leap second counts as the next one.
    mutating func timeOfDay() -> Int64? {
      guard let hour = digits(2), take(":"), let minute = digits(2), take(":"), let second = digits(2),
        hour <= 23, minute <= 59, second <= 60
      else { return nil }
      var milliseconds: Int64 = 0
      if take(".") {
        var scale: Int64 = 100
        var count = 0
        while let digit = digits(1) {
          milliseconds += digit * scale
          scale /= 10
          count += 1
        }
        guard count > 0 else { return nil }
      }
      return ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
    }

    /// Milliseconds that the time is ahead of UTC.
    mutating func offset() -> Int64? {
      if take("Z") || take("z") { return 0 }
      let isBehind = take("-")
      guard isBehind || take("+"), let hours = digits(2), take(":"), let minutes = digits(2), hours <= 23, minutes <= 59
      else { return nil }
      return (isBehind ? -1 : 1) * (hours * 60 + minutes) * 60_000
    }
  }
}
