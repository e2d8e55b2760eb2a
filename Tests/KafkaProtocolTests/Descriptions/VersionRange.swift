/// Versions as Kafka's descriptions write them: `3`, `0-4`, `2+`, `none`.
struct VersionRange {
  private let range: ClosedRange<Int16>?

  static let none = VersionRange(nil)

  private init(_ range: ClosedRange<Int16>?) {
    self.range = range
  }

  init?(_ text: String) {
    if text == "none" {
      range = nil
    } else if text.hasSuffix("+"), let first = Int16(text.dropLast()) {
      range = first...Int16.max
    } else {
      let ends = text.split(separator: "-").compactMap { Int16($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return nil }
      range = first...last
    }
  }

  func contains(_ version: Int16) -> Bool { range?.contains(version) ?? false }

  /// nil for none, and where they have no end.
  var bounded: ClosedRange<Int16>? { range.flatMap { $0.upperBound == .max ? nil : $0 } }
}
