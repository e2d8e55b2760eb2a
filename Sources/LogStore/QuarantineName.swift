import Base

/// `<first offset>-<next offset>.damaged`: bytes that were found damaged in a segment and moved out of it. The name
/// keeps which offsets are missing.
package enum QuarantineName {
  static let suffix = ".damaged"

  static func file(_ offsets: Range<Int64>) -> String {
    "\(Int(offsets.lowerBound).zeroPadded(to: 20))-\(Int(offsets.upperBound).zeroPadded(to: 20))\(suffix)"
  }

  /// What `file` made; nil for any other name.
  package static func parse(_ name: String) -> Range<Int64>? {
    guard name.hasSuffix(suffix) else { return nil }
    let parts = name.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 20 }), let first = Int64(parts[0]),
      let next = Int64(parts[1]), first >= 0, first <= next
    else { return nil }
    return first..<next
  }
}
