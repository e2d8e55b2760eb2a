import Base

/// Cuts a stream into lines and puts a name before each.
package struct LinePrefixer: Sendable {
  /// Bytes of a line; what is longer comes as several lines.
  package static let lineLimit = 1 << 20

  private let prefix: [UInt8]
  private let forTerminal: Bool
  private var partial: [UInt8] = []

  /// With `forTerminal`, control characters become visible.
  package init(prefix: String, forTerminal: Bool) {
    self.prefix = Array(prefix.utf8)
    self.forTerminal = forTerminal
  }

  /// Appends the lines that `chunk` completes to `output`, and shows each, without prefix and end, to `observe`.
  package mutating func take(
    _ chunk: UnsafeRawBufferPointer, into output: inout [UInt8], observe: (UnsafeRawBufferPointer) -> Void
  ) {
    var rest = chunk[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
      if partial.isEmpty {
        append(line, to: &output, observe: observe)
      } else {
        partial.append(contentsOf: line)
        finish(into: &output, observe: observe)
      }
      rest = rest[(end + 1)...]
    }
    partial.append(contentsOf: rest)
    if partial.count >= Self.lineLimit { finish(into: &output, observe: observe) }
  }

  /// The stream ended: a last line without an end is one too.
  package mutating func finish(into output: inout [UInt8], observe: (UnsafeRawBufferPointer) -> Void) {
    guard !partial.isEmpty else { return }
    partial.withUnsafeBytes { append($0, to: &output, observe: observe) }
    partial.removeAll(keepingCapacity: partial.capacity <= 64 << 10)
  }

  private func append(
    _ line: UnsafeRawBufferPointer, to output: inout [UInt8], observe: (UnsafeRawBufferPointer) -> Void
  ) {
    output.append(contentsOf: prefix)
    if forTerminal {
      output.append(visible: line)
    } else {
      output.append(contentsOf: line)
    }
    output.append(UInt8(ascii: "\n"))
    observe(line)
  }
}
