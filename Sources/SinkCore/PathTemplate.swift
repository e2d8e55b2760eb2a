import Base
import Records

/// The path of the file a record is written to, with placeholders for what it says of itself:
/// `/srv/logs/{topic}/{host}/{basename}`. Two braces stand for one.
///
/// What a record says cannot lead out of the directories the template names. In each value `/`, NUL and other control
/// characters become `_`, and so does a dot at its beginning (which rules out `.`, `..` and hidden files). A value that
/// is missing or empty becomes `_`; one of more than 128 bytes is cut. Bytes that are not UTF-8 become U+FFFD. Records
/// whose values differ only in such characters share a file.
public struct PathTemplate: Sendable, Hashable {
  /// The names there are, besides `header.NAME`. `date` is the record's day in UTC (`2026-11-24`), `basename` the last
  /// part of the header `path`, or without one of `source`; `host`, `source` and `path` are the headers the agent sets.
  package static let placeholders = ["topic", "partition", "key", "date", "host", "source", "path", "basename"]

  /// Bytes of one value, and of one part of the path; file systems take 255.
  static let valueSizeLimit = 128
  static let componentSizeLimit = 240
  /// Parts of the path: so many of that size are not longer than file systems take (4096 bytes).
  static let partLimit = 16

  enum Field: Sendable, Hashable {
    case topic
    case partition
    case key
    case date
    case basename
    case header([UInt8])
  }

  enum Part: Sendable, Hashable {
    case literal(String)
    case field(Field)
  }

  /// As it was written.
  public let text: String
  let parts: [Part]

  public init(_ text: String) throws(PathTemplateError) {
    guard text.hasPrefix("/") else { throw .relative }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { throw .controlCharacter }
    guard !text.hasSuffix("/") else { throw .endsInDirectory }
    guard !text.split(separator: "/").contains("..") else { throw .parentDirectory }
    guard text.split(separator: "/").count <= Self.partLimit else { throw .tooManyParts }
    self.text = text
    parts = try Self.parse(text)
  }

  private static func parse(_ text: String) throws(PathTemplateError) -> [Part] {
    var parts: [Part] = []
    var literal = String.UnicodeScalarView()
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      guard scalar == "{" || scalar == "}" else {
        literal.append(scalar)
        continue
      }
      if rest.first == scalar {
        rest.removeFirst()
        literal.append(scalar)
        continue
      }
      guard scalar == "{" else { throw .strayBrace }
      guard let end = rest.firstIndex(of: "}") else { throw .unclosedBrace }
      if !literal.isEmpty { parts.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
      parts.append(.field(try field(String(rest[..<end]))))
      rest = rest[rest.index(after: end)...]
    }
    if !literal.isEmpty { parts.append(.literal(String(literal))) }
    return parts
  }

  private static func field(_ name: String) throws(PathTemplateError) -> Field {
    switch name {
    case "topic": return .topic
    case "partition": return .partition
    case "key": return .key
    case "date": return .date
    case "basename": return .basename
    case "host", "source", "path": return .header(Array(name.utf8))
    default:
      let prefix = "header."
      guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count else { throw .unknownPlaceholder(name) }
      return .header(Array(name.utf8.dropFirst(prefix.utf8.count)))
    }
  }
}
