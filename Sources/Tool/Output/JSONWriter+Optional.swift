import Base

extension JSONWriter {
  /// `null` for nil.
  public mutating func optional(_ value: (some FixedWidthInteger)?) {
    if let value {
      number(value)
    } else {
      null()
    }
  }

  /// `null` for nil.
  public mutating func optional(_ value: String?) {
    if let value {
      string(value)
    } else {
      null()
    }
  }
}
