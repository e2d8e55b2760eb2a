extension FixedWidthInteger {
  /// `1,234,567`
  public var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `980 B`, `1.2 kB`, `35 MB`: three digits at most, powers of 1000.
  public var humanBytes: String {
    var value = Double(self)
    guard value.magnitude >= 1000 else { return "\(self) B" }
    for unit in ["kB", "MB", "GB", "TB", "PB"] {
      value /= 1000
      if value.magnitude < 999.5 { return "\(value.rounded(toPlaces: value.magnitude < 9.95 ? 1 : 0)) \(unit)" }
    }
    return "\((value / 1000).rounded(toPlaces: 1)) EB"
  }
}

extension Double {
  /// Decimal text with this many digits behind the point, rounded half away from zero. For sizes a person reads.
  public func rounded(toPlaces places: Int) -> String {
    guard isFinite, magnitude < 1e15 else { return description }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((self * scale).rounded())
    guard places > 0 else { return "\(scaled)" }
    let unit = Int64(scale)
    let fraction = String(scaled.magnitude % UInt64(unit))
    return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / UInt64(unit))."
      + String(repeating: "0", count: places - fraction.utf8.count) + fraction
  }
}
