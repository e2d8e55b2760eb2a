import TestKit

/// One field of a struct as Kafka describes it.
struct FieldDescription {
  indirect enum Kind {
    case bool
    /// Its bytes, and whether it has a sign.
    case integer(Int, isSigned: Bool)
    case string, bytes, records, uuid
    case list(Kind)
    case structure([FieldDescription])
  }

  /// What the descriptions say that nobody here understands.
  struct Unknown: Error, CustomStringConvertible {
    var description: String
  }

  let name: String
  let kind: Kind
  let versions: VersionRange
  let nullable: VersionRange
  /// Where it is a tagged field.
  let tagged: VersionRange
  let tag: UInt64?
  /// Where it has compact lengths; nil where that is as in the rest of the message.
  let flexible: VersionRange?
  /// As it is written: a number, a text, `null`.
  let standard: String?

  init(_ json: JSONValue, common: [String: JSONValue]) throws {
    func text(_ key: String) -> String? {
      switch json[key] {
      case .string(let text): text
      case .number(let number): String(number)
      case .flag(let flag): flag ? "true" : "false"
      case .null: "null"
      default: nil
      }
    }
    func versions(_ key: String) throws -> VersionRange? {
      guard let text = text(key) else { return nil }
      guard let range = VersionRange(text) else { throw Unknown(description: "versions \(text)") }
      return range
    }
    guard let name = text("name"), let type = text("type") else { throw Unknown(description: "a field \(json)") }
    self.name = name
    kind = try Self.kind(type, json, common: common)
    self.versions = try versions("versions") ?? .none
    nullable = try versions("nullableVersions") ?? .none
    tagged = try versions("taggedVersions") ?? .none
    tag = text("tag").flatMap { UInt64($0) }
    flexible = try versions("flexibleVersions")
    standard = text("default")
  }

  private static func kind(_ type: String, _ json: JSONValue, common: [String: JSONValue]) throws -> Kind {
    switch type {
    case "bool": return .bool
    case "int8": return .integer(1, isSigned: true)
    case "int16": return .integer(2, isSigned: true)
    case "uint16": return .integer(2, isSigned: false)
    case "int32": return .integer(4, isSigned: true)
    case "int64": return .integer(8, isSigned: true)
    // No message here has one: eight bytes are all that is known of it.
    case "float64": return .integer(8, isSigned: true)
    case "string": return .string
    case "bytes": return .bytes
    case "records": return .records
    case "uuid": return .uuid
    case _ where type.hasPrefix("[]"): return .list(try kind(String(type.dropFirst(2)), json, common: common))
    default:
      guard case .list(let fields) = json["fields"] ?? common[type]?["fields"] else {
        throw Unknown(description: "type \(type)")
      }
      return .structure(try fields.map { try FieldDescription($0, common: common) })
    }
  }

  /// Its name here.
  var swiftName: String {
    var letters = Array(name)
    letters[0] = Character(letters[0].lowercased())
    var index = 0
    // `Id` at the end of a word is `ID`, `Ids` is `IDs`.
    while index + 1 < letters.count {
      let after = letters[index + 1] == "d" ? letters[(index + 2)...] : []
      let rest = after.first == "s" ? after.dropFirst() : after
      if letters[index] == "I", letters[index + 1] == "d", rest.first?.isUppercase ?? true { letters[index + 1] = "D" }
      index += 1
    }
    return String(letters)
  }
}
