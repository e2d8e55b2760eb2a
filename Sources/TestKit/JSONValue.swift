/// A parsed JSON text (RFC 8259, but for `\u` and fractions), enough of it to compare journals and to read Kafka's
/// descriptions of messages, which have comments from `//` to the end of the line.
public enum JSONValue: Equatable, Sendable {
  case null
  case flag(Bool)
  case number(Int)
  case string(String)
  case list([JSONValue])
  case object([String: JSONValue])

  public struct SyntaxError: Error {
    public var offset: Int
  }

  public init(parsing text: some Sequence<UInt8>) throws {
    var parser = Parser(text: Array(text))
    parser.skipSpace()
    self = try parser.value()
    parser.skipSpace()
    guard parser.index == parser.text.count else { throw SyntaxError(offset: parser.index) }
  }

  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  private struct Parser {
    let text: [UInt8]
    var index = 0

    mutating func take(_ byte: UInt8) throws {
      guard index < text.count, text[index] == byte else { throw SyntaxError(offset: index) }
      index += 1
    }

    mutating func take(word: String) throws {
      for byte in word.utf8 { try take(byte) }
    }

    mutating func skipSpace() {
      while index < text.count {
        if [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) {
          index += 1
        } else if text[index...].starts(with: "//".utf8) {
          while index < text.count, text[index] != 0x0A { index += 1 }
        } else {
          return
        }
      }
    }

    /// Items between brackets.
    mutating func items(_ open: UInt8, _ close: UInt8, _ item: (inout Parser) throws -> Void) throws {
      try take(open)
      skipSpace()
      while index < text.count, text[index] != close {
        try item(&self)
        skipSpace()
        if index < text.count, text[index] == UInt8(ascii: ",") { index += 1 }
        skipSpace()
      }
      try take(close)
    }

    mutating func value() throws -> JSONValue {
      guard index < text.count else { throw SyntaxError(offset: index) }
      switch text[index] {
      case UInt8(ascii: "n"):
        try take(word: "null")
        return .null
      case UInt8(ascii: "t"):
        try take(word: "true")
        return .flag(true)
      case UInt8(ascii: "f"):
        try take(word: "false")
        return .flag(false)
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "["):
        var list: [JSONValue] = []
        try items(UInt8(ascii: "["), UInt8(ascii: "]")) { list.append(try $0.value()) }
        return .list(list)
      case UInt8(ascii: "{"):
        var members: [String: JSONValue] = [:]
        try items(UInt8(ascii: "{"), UInt8(ascii: "}")) { parser in
          let key = try parser.string()
          parser.skipSpace()
          try parser.take(UInt8(ascii: ":"))
          parser.skipSpace()
          guard members.updateValue(try parser.value(), forKey: key) == nil else {
            throw SyntaxError(offset: parser.index)
          }
        }
        return .object(members)
      default:
        let start = index
        if text[index] == UInt8(ascii: "-") { index += 1 }
        while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) { index += 1 }
        guard let number = Int(String(decoding: text[start..<index], as: UTF8.self)) else {
          throw SyntaxError(offset: start)
        }
        return .number(number)
      }
    }

    mutating func string() throws -> String {
      try take(UInt8(ascii: "\""))
      var bytes: [UInt8] = []
      while index < text.count, text[index] != UInt8(ascii: "\"") {
        guard text[index] == UInt8(ascii: "\\") else {
          bytes.append(text[index])
          index += 1
          continue
        }
        index += 2
        guard index <= text.count else { throw SyntaxError(offset: index) }
        switch text[index - 1] {
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "r"): bytes.append(13)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(text[index - 1])
        default: throw SyntaxError(offset: index)
        }
      }
      try take(UInt8(ascii: "\""))
      guard let string = String(validating: bytes, as: UTF8.self) else { throw SyntaxError(offset: index) }
      return string
    }
  }
}
