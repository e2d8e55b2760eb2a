import Base

/// The files of a segment are named by its base offset in 20 digits.
public enum SegmentName {
  public enum Kind: String, Sendable, CaseIterable {
    case log
    case offsetIndex = "index"
    case timeIndex = "timeindex"
    case producerSnapshot = "snapshot"
  }

  /// `00000000000000000042.log`
  public static func file(_ baseOffset: Int64, _ kind: Kind) -> String {
    "\(Int(baseOffset).zeroPadded(to: 20)).\(kind.rawValue)"
  }

  /// What `file` made; nil for any other name.
  public static func parse(_ name: String) -> (baseOffset: Int64, kind: Kind)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 20, parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
      let offset = Int64(parts[0]), let kind = Kind(rawValue: String(parts[1]))
    else { return nil }
    return (offset, kind)
  }
}
