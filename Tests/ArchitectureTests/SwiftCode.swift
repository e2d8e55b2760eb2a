/// As much of Swift's grammar as is needed to tell words of the program from comments and texts.
enum SwiftCode {
  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// What stands in the brackets that open at `index`; nil when none do.
  static func arguments(in code: [UInt8], at index: Int) -> String? {
    guard index < code.count, code[index] == UInt8(ascii: "(") else { return nil }
    var depth = 0
    for end in index..<code.count {
      if code[end] == UInt8(ascii: "(") { depth += 1 }
      if code[end] == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return String(decoding: code[(index + 1)..<end], as: UTF8.self) }
    }
    return nil
  }

  /// The program with every comment and text replaced by spaces, line breaks kept. Code interpolated into a text stays.
  static func strippingCommentsAndTexts(_ source: [UInt8]) -> [UInt8] {
    var scanner = Scanner(source: source)
    scanner.scanCode(untilClosingBracket: false)
    return scanner.code
  }

  private struct Scanner {
    let source: [UInt8]
    var code: [UInt8]
    var index = 0

    init(source: [UInt8]) {
      self.source = source
      code = source.map { $0 == 0x0A ? 0x0A : 0x20 }
    }

    func sees(_ text: String) -> Bool { source[index...].starts(with: text.utf8) }

    mutating func scanCode(untilClosingBracket: Bool) {
      var depth = 0
      while index < source.count {
        let byte = source[index]
        if sees("//") {
          while index < source.count, source[index] != 0x0A { index += 1 }
        } else if sees("/*") {
          scanBlockComment()
        } else if let hashes = hashesBeforeQuote() {
          scanText(hashes: hashes)
        } else {
          if byte == UInt8(ascii: "(") { depth += 1 }
          if byte == UInt8(ascii: ")") { depth -= 1 }
          if untilClosingBracket, depth < 0 { return }
          code[index] = byte
          index += 1
        }
      }
    }

    mutating func scanBlockComment() {
      var depth = 0
      repeat {
        if sees("/*") {
          depth += 1
          index += 2
        } else if sees("*/") {
          depth -= 1
          index += 2
        } else {
          index += 1
        }
      } while depth > 0 && index < source.count
    }

    /// The number of `#` before the quote that opens a text here; nil when none does.
    func hashesBeforeQuote() -> Int? {
      let hashes = source[index...].prefix { $0 == UInt8(ascii: "#") }.count
      guard index + hashes < source.count, source[index + hashes] == UInt8(ascii: "\"") else { return nil }
      return hashes
    }

    mutating func scanText(hashes: Int) {
      index += hashes
      let quote = sees("\"\"\"") ? "\"\"\"" : "\""
      let fence = String(repeating: "#", count: hashes)
      index += quote.utf8.count
      while index < source.count {
        if sees(quote + fence) {
          index += quote.utf8.count + hashes
          return
        }
        if sees("\\" + fence + "(") {
          index += 2 + hashes
          scanCode(untilClosingBracket: true)
        } else if sees("\\" + fence) {
          index += 2 + hashes
        } else {
          index += 1
        }
      }
    }
  }
}
