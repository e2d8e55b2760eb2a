/// Writes JSON (RFC 8259).
enum JSONText {
  /// `"name":"value"`, `"name":null`, or `"name_base64":"…"` when the bytes are not UTF-8.
  static func append(_ name: String, _ value: UnsafeRawBufferPointer?, to output: inout [UInt8]) {
    guard let value else {
      append(name, to: &output)
      output.append(contentsOf: ":null".utf8)
      return
    }
    // Nearly all of what machines log.
    if value.allSatisfy({ isPlain($0) && $0 < 0x80 }) {
      append(name, to: &output)
      output.append(contentsOf: #":""#.utf8)
      output.append(contentsOf: value)
      output.append(UInt8(ascii: "\""))
    } else if let text = String(validating: value, as: UTF8.self) {
      append(name, to: &output)
      output.append(UInt8(ascii: ":"))
      append(text, to: &output)
    } else {
      append(name + "_base64", to: &output)
      output.append(contentsOf: #":""#.utf8)
      appendBase64(value, to: &output)
      output.append(UInt8(ascii: "\""))
    }
  }

  static func append(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      for index in bytes.indices where !isPlain(bytes[index]) {
        output.append(contentsOf: bytes[start..<index])
        appendEscaped(bytes[index], to: &output)
        start = index + 1
      }
      output.append(contentsOf: bytes[start...])
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Whether the byte stands for itself within a string.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): output.append(contentsOf: #"\""#.utf8)
    case UInt8(ascii: "\\"): output.append(contentsOf: #"\\"#.utf8)
    case UInt8(ascii: "\n"): output.append(contentsOf: #"\n"#.utf8)
    case UInt8(ascii: "\r"): output.append(contentsOf: #"\r"#.utf8)
    case UInt8(ascii: "\t"): output.append(contentsOf: #"\t"#.utf8)
    default:
      output.append(contentsOf: byte < 0x10 ? #"\u000"#.utf8 : #"\u001"#.utf8)
      output.append(contentsOf: String(byte & 15, radix: 16).utf8)
    }
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// RFC 4648, section 4.
  static func appendBase64(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
      for index in 0..<4 {
        let digit = Int(group >> UInt32(18 - 6 * index) & 63)
        output.append(index <= count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
  }
}
