import Base

/// One value of a table, shown to a person or to a program.
public enum TableCell: Sendable, Hashable {
  case text(String)
  case number(Int64)
  case bytes(Int64)
  /// Nothing is known or there is nothing: `-`.
  case nothing

  public init(_ value: (some BinaryInteger)?) {
    self = value.map { .number(Int64(clamping: $0)) } ?? .nothing
  }

  public init(_ value: String?) {
    self = value.map { $0.isEmpty ? .nothing : .text($0) } ?? .nothing
  }

  var alignsRight: Bool {
    switch self {
    case .text, .nothing: false
    case .number, .bytes: true
    }
  }

  /// For a person numbers have separators and sizes units; control characters of foreign texts are escaped for both.
  func text(forPerson: Bool) -> String {
    switch self {
    case .text(let text): text.visible
    case .number(let number): forPerson ? number.grouped : "\(number)"
    case .bytes(let count): forPerson ? count.humanBytes : "\(count)"
    case .nothing: "-"
    }
  }
}

extension String {
  /// Control characters as `\x1b`.
  public var visible: String {
    var bytes: [UInt8] = []
    Array(utf8).withUnsafeBytes { bytes.append(visible: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
