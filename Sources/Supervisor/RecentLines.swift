import Base

/// The last lines a program printed, cut to what a person reads.
package struct RecentLines: Sendable {
  static let count = 8
  static let lengthLimit = 500

  package private(set) var lines: [String] = []

  package init() {}

  package mutating func append(_ line: UnsafeRawBufferPointer) {
    var visible: [UInt8] = []
    visible.append(visible: UnsafeRawBufferPointer(rebasing: line.prefix(Self.lengthLimit)))
    if lines.count == Self.count { lines.removeFirst() }
    lines.append(String(decoding: visible, as: UTF8.self) + (line.count > Self.lengthLimit ? "…" : ""))
  }
}
