/// Small text files of a version line, a count and that many lines: Kafka's checkpoint files.
enum LineFile {
  /// Bytes a checkpoint file may have.
  static let limit = 64 << 20

  /// The lines; nil when the version is not 0, the count does not fit or the text does not end with a line end.
  static func lines(_ content: [UInt8]) -> [Substring]? {
    guard content.last == UInt8(ascii: "\n") else { return nil }
    var lines = String(decoding: content.dropLast(), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 2, lines[0] == "0", let count = Int(lines[1]), count == lines.count - 2 else { return nil }
    lines.removeFirst(2)
    return lines
  }

  static func content(_ lines: [String]) -> [UInt8] {
    Array((["0", String(lines.count)] + lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
  }
}
