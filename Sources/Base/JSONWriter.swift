/// Writes JSON (RFC 8259) without spaces into a buffer of bytes. Commas are put by the writer; brackets are for the
/// caller to pair. Bytes that are not UTF-8 become U+FFFD.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the member whose value comes next.
  public mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The name of the member whose value comes next, from foreign bytes.
  public mutating func key(utf8 name: UnsafeRawBufferPointer) {
    string(utf8: name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func string(_ value: String) {
    var value = value
    separate()
    value.withUTF8 { appendQuoted(UnsafeRawBufferPointer($0)) }
  }

  /// A text from foreign bytes.
  public mutating func string(utf8 value: UnsafeRawBufferPointer) {
    separate()
    if value.allSatisfy({ $0 < 0x80 }) {
      appendQuoted(value)
    } else {
      var repaired = String(decoding: value, as: UTF8.self)
      repaired.withUTF8 { appendQuoted(UnsafeRawBufferPointer($0)) }
    }
  }

  public mutating func number(_ value: some FixedWidthInteger) { append(value.description) }

  /// JSON has no infinities; they, and what is not a number, become `null`.
  public mutating func number(_ value: Double) { append(value.isFinite ? value.description : "null") }

  public mutating func boolean(_ value: Bool) { append(value ? "true" : "false") }

  public mutating func null() { append("null") }

  /// Ends a line of JSON lines: the next value is a text of its own.
  public mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func append(_ literal: String) {
    separate()
    bytes.append(contentsOf: literal.utf8)
  }

  private mutating func appendQuoted(_ utf8: UnsafeRawBufferPointer) {
    bytes.append(UInt8(ascii: "\""))
    // Whole runs without anything to escape are copied at once.
    var start = 0
    for index in utf8.indices {
      let byte = utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F else { continue }
      bytes.append(contentsOf: utf8[start..<index])
      appendEscaped(byte)
      start = index + 1
    }
    bytes.append(contentsOf: utf8[start...])
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
