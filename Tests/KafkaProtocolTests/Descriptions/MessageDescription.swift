import Base
import TestKit

/// One message as Kafka describes it, and what it looks like on the wire. Nothing here knows how KafkaProtocol does it.
struct MessageDescription {
  let name: String
  let versions: ClosedRange<Int16>
  private let flexible: VersionRange
  private let fields: [FieldDescription]

  /// Where Kafka's descriptions are found, when they are.
  static let directories = ["kafka", "records"].map { kind in
    let repository = #filePath.parentDirectory.parentDirectory.parentDirectory.parentDirectory
    return TestFiles("\(repository.parentDirectory)/shared/protocol/\(kind)")
  }

  static var arePresent: Bool { directories.allSatisfy(\.isPresent) }

  /// All there are.
  static func all() throws -> [MessageDescription] {
    try directories.flatMap { files in
      try files.names().map { try MessageDescription(parsing: try files.bytes($0)) }
    }
  }

  init(parsing text: [UInt8]) throws {
    let json = try JSONValue(parsing: text)
    guard case .string(let name) = json["name"], case .string(let valid) = json["validVersions"],
      let versions = VersionRange(valid)?.bounded, case .list(let fields) = json["fields"]
    else { throw FieldDescription.Unknown(description: "no description of a message") }
    self.name = name
    self.versions = versions
    flexible = if case .string(let text) = json["flexibleVersions"] { VersionRange(text) ?? .none } else { .none }
    var common: [String: JSONValue] = [:]
    if case .list(let structures) = json["commonStructs"] {
      for structure in structures {
        if case .string(let name) = structure["name"] { common[name] = structure }
      }
    }
    self.fields = try fields.map { try FieldDescription($0, common: common) }
  }

  /// A message with every field as `leaf` gives it; lists have `count()` elements, and what may be null is when
  /// `isNull` says so.
  func value(_ version: Int16, from source: inout some DescribedValueSource) throws -> DescribedValue {
    try structure(fields, version, from: &source)
  }

  private func structure(
    _ fields: [FieldDescription], _ version: Int16, from source: inout some DescribedValueSource
  ) throws -> DescribedValue {
    var members: [(FieldDescription, DescribedValue)] = []
    for field in fields where field.versions.contains(version) {
      if field.nullable.contains(version), source.isNull(field) {
        members.append((field, .null))
      } else {
        members.append((field, try value(of: field.kind, field, version, from: &source)))
      }
    }
    return .structure(members)
  }

  private func value(
    of kind: FieldDescription.Kind, _ field: FieldDescription, _ version: Int16,
    from source: inout some DescribedValueSource
  ) throws -> DescribedValue {
    switch kind {
    case .structure(let fields): return try structure(fields, version, from: &source)
    case .list(let element):
      var values: [DescribedValue] = []
      for _ in 0..<source.count(field) { values.append(try value(of: element, field, version, from: &source)) }
      return .list(values)
    default: return try source.leaf(kind, field)
    }
  }

  /// The bytes of a value.
  ///
  /// - Parameter strangeTag: whether every struct of a flexible version gets a tagged field that nobody knows.
  func bytes(_ value: DescribedValue, _ version: Int16, strangeTag: Bool = false) throws -> [UInt8] {
    var writer = DescribedWriter(version: version, isFlexible: flexible.contains(version), strangeTag: strangeTag)
    try writer.write(value)
    return writer.bytes
  }
}
