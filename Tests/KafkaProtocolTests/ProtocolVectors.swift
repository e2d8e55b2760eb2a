import Base
import Glibc

/// One line of Tests/Vectors/protocol.txt: a message as another client encodes it, and what its fields hold.
struct ProtocolVector: CustomStringConvertible, Sendable {
  var message: String
  var version: Int16
  var bytes: [UInt8]
  /// By path, as in `topics[0].name`.
  var fields: [(path: String, value: String)]

  var description: String { "\(message) v\(version)\(fields.isEmpty ? " empty" : "")" }

  static let all: [ProtocolVector] = {
    let path = #filePath.parentDirectory.parentDirectory + "/Vectors/protocol.txt"
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { ProtocolVector(line: $0) }
  }()

  private init?(line: Substring) {
    let parts = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, let version = Int16(parts[1]), let bytes = [UInt8](hex: parts[3]) else { return nil }
    message = String(parts[0])
    self.version = version
    self.bytes = bytes
    fields = parts[4].split(separator: ";").compactMap { field in
      guard let equals = field.firstIndex(of: "=") else { return nil }
      return (String(field[..<equals]), String(field[field.index(after: equals)...]))
    }
  }
}

extension [UInt8] {
  /// Reads hexadecimal digits; `-` is nothing.
  init?(hex: Substring) {
    self = []
    if hex == "-" { return }
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == hex.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    for index in stride(from: 0, to: digits.count, by: 2) {
      append(UInt8(digits[index] << 4 | digits[index + 1]))
    }
  }

  var hex: String {
    let digits = Array<UInt8>("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
