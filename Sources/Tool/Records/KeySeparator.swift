import Glibc

/// Cuts a line into key and value at the first occurrence of some bytes.
public struct KeySeparator: Sendable, Hashable {
  private let bytes: [UInt8]

  /// nil for an empty text. `\t` stands for a tab.
  public init?(_ text: String) {
    bytes = text == "\\t" ? [0x09] : Array(text.utf8)
    if bytes.isEmpty { return nil }
  }

  /// nil when the separator does not occur.
  public func split(_ line: UnsafeRawBufferPointer) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
    guard let place = place(in: line) else { return nil }
    return (
      UnsafeRawBufferPointer(rebasing: line[..<place]),
      UnsafeRawBufferPointer(rebasing: line[(place + bytes.count)...])
    )
  }

  private func place(in line: UnsafeRawBufferPointer) -> Int? {
    guard let base = line.baseAddress else { return nil }
    var from = 0
    while from + bytes.count <= line.count {
      guard let found = memchr(base + from, Int32(bytes[0]), line.count - from) else { return nil }
      from = UnsafeRawPointer(found) - base
      if line[from...].starts(with: bytes) { return from }
      from += 1
    }
    return nil
  }
}
