import Base
import Records

/// What is printed of a record: text with fields in braces, as `{partition} {offset} {key} {value}\n`.
///
/// `\n`, `\t`, `\r`, `\0` and `\\` stand for the characters C means by them; `{{` and `}}` for braces. Nulls leave
/// nothing.
public struct RecordTemplate: Sendable, Hashable {
  public enum Field: Sendable, Hashable {
    case topic
    case partition
    case offset
    /// Milliseconds since 1970-01-01 UTC.
    case timestamp
    /// RFC 3339.
    case time
    case key
    case value
    /// `name=value` of each header, with commas between.
    case headers
    /// The last header with this name.
    case header(String)
  }

  private enum Part: Sendable, Hashable {
    case literal([UInt8])
    case field(Field)
  }

  private static let names: KeyValuePairs<String, Field> = [
    "topic": .topic, "partition": .partition, "offset": .offset, "timestamp": .timestamp, "time": .time, "key": .key,
    "value": .value, "headers": .headers,
  ]

  /// What there is, for a help text.
  public static var fieldNames: String {
    (names.map(\.key) + ["header.NAME"]).map { "{\($0)}" }.joined(separator: ", ")
  }

  private var parts: [Part] = []

  /// - Throws: a sentence about what is wrong with the template.
  public init(_ text: String) throws(ToolFailure) {
    var literal: [UInt8] = []
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\\":
        literal.append(try Self.escape(rest.popFirst()))
      case "{" where rest.first != "{":
        guard let close = rest.firstIndex(of: "}") else {
          throw ToolFailure("the format has a { without its }; write {{ for a brace", status: .usage)
        }
        let field = try Self.field(String(rest[..<close]))
        rest = rest[rest.index(after: close)...]
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = []
        parts.append(.field(field))
      case "{":
        rest.removeFirst()
        literal.append(UInt8(ascii: "{"))
      case "}":
        guard rest.popFirst() == "}" else {
          throw ToolFailure("the format has a } without its {; write }} for a brace", status: .usage)
        }
        literal.append(UInt8(ascii: "}"))
      default: literal.append(contentsOf: String(scalar).utf8)
      }
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
  }

  private static func escape(_ scalar: Unicode.Scalar?) throws(ToolFailure) -> UInt8 {
    switch scalar {
    case "n": 0x0A
    case "t": 0x09
    case "r": 0x0D
    case "0": 0
    case "\\": 0x5C
    case let other:
      throw ToolFailure(
        "the format has \\\(other.map { String($0) } ?? ""); \\n, \\t, \\r, \\0 and \\\\ are known", status: .usage)
    }
  }

  private static func field(_ name: String) throws(ToolFailure) -> Field {
    if let known = names.first(where: { $0.key == name }) { return known.value }
    if name.hasPrefix("header."), name != "header." { return .header(String(name.dropFirst("header.".count))) }
    throw ToolFailure("the format has an unknown field {\(name)}; there are \(fieldNames)", status: .usage)
  }

  /// Appends what the template makes of a record. With `forTerminal`, control characters of the record become visible.
  public func append(
    _ record: RecordView, of partition: TopicPartition, forTerminal: Bool, to output: inout [UInt8]
  ) {
    func add(_ bytes: UnsafeRawBufferPointer?) {
      guard let bytes else { return }
      if forTerminal {
        output.append(visible: bytes)
      } else {
        output.append(contentsOf: bytes)
      }
    }
    for part in parts {
      switch part {
      case .literal(let bytes): output.append(contentsOf: bytes)
      case .field(.topic): output.append(contentsOf: partition.topic.utf8)
      case .field(.partition): output.append(contentsOf: partition.partition.description.utf8)
      case .field(.offset): output.append(contentsOf: record.offset.description.utf8)
      case .field(.timestamp): output.append(contentsOf: record.timestamp.description.utf8)
      case .field(.time): output.append(contentsOf: UTCTime(record.timestamp).description.utf8)
      case .field(.key): add(record.key)
      case .field(.value): add(record.value)
      case .field(.header(let name)):
        var found: UnsafeRawBufferPointer?
        for header in record.headers where header.key.elementsEqual(name.utf8) { found = header.value }
        add(found)
      case .field(.headers):
        for (index, header) in record.headers.enumerated() {
          if index > 0 { output.append(UInt8(ascii: ",")) }
          add(header.key)
          output.append(UInt8(ascii: "="))
          add(header.value)
        }
      }
    }
  }
}
