/// A point in time by the calendar, in UTC (proleptic Gregorian, no leap seconds).
public struct UTCTime: Sendable, Hashable, CustomStringConvertible {
  public var year: Int
  /// 1 to 12.
  public var month: Int
  /// 1 to 31.
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int
  public var millisecond: Int

  /// From milliseconds since 1970-01-01 UTC. Times more than about 100,000 years away from it count as that far.
  public init(_ milliseconds: Int64) {
    let bound: Int64 = 3_155_760_000_000_000
    let time = Int(min(max(milliseconds, -bound), bound))
    millisecond = time.flooredRemainder(1000)
    let seconds = (time - millisecond) / 1000
    let ofDay = seconds.flooredRemainder(86_400)
    hour = ofDay / 3600
    minute = ofDay / 60 % 60
    second = ofDay % 60
    // Days counted from 1 March of year 0, so that the leap day ends a year and 146,097 days make an era of 400.
    let days = (seconds - ofDay) / 86_400 + 719_468
    let dayOfEra = days.flooredRemainder(146_097)
    let era = (days - dayOfEra) / 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-11-24`
  public var date: String {
    "\(year.zeroPadded(to: 4))-\(month.zeroPadded(to: 2))-\(day.zeroPadded(to: 2))"
  }

  /// RFC 3339: `2026-11-24T05:17:29.250Z`
  public var description: String {
    let time = [hour, minute, second].map { $0.zeroPadded(to: 2) }.joined(separator: ":")
    return "\(date)T\(time).\(millisecond.zeroPadded(to: 3))Z"
  }
}

extension Int {
  fileprivate func flooredRemainder(_ divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }

  /// Decimal digits with zeros before them until there are `count`.
  public func zeroPadded(to count: Int) -> String {
    let digits = String(magnitude)
    return (self < 0 ? "-" : "") + String(repeating: "0", count: Swift.max(0, count - digits.utf8.count)) + digits
  }
}
