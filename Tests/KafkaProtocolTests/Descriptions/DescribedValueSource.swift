import Base

/// Says what the fields of a described message are to hold.
protocol DescribedValueSource {
  /// Whether a field that may be null is.
  mutating func isNull(_ field: FieldDescription) -> Bool
  /// How many elements a list gets.
  mutating func count(_ field: FieldDescription) -> Int
  mutating func leaf(_ kind: FieldDescription.Kind, _ field: FieldDescription) throws -> DescribedValue
}

/// Every field has its default.
struct DefaultValues: DescribedValueSource {
  func isNull(_ field: FieldDescription) -> Bool {
    // Records have no default that is not null.
    if case .records = field.kind { return true }
    return field.standard == "null"
  }

  func count(_ field: FieldDescription) -> Int { 0 }

  func leaf(_ kind: FieldDescription.Kind, _ field: FieldDescription) throws -> DescribedValue {
    switch kind {
    case .bool: return .flag(field.standard == "true")
    // ListOffsets gives it none, and zero would be a broker: ours begins as a client's, and so does kafka-python's.
    case .integer where field.name == "ReplicaId" && field.standard == nil: return .number(-1)
    case .integer: return .number(try field.standardNumber())
    case .string: return .text(field.standard ?? "")
    case .bytes, .records: return .bytes([])
    case .uuid: return .bytes(Array(repeating: 0, count: 16))
    case .list, .structure: throw FieldDescription.Unknown(description: field.name)
    }
  }
}

/// Every field holds anything it may.
struct RandomValues: DescribedValueSource {
  var random: SeededRandom

  mutating func isNull(_ field: FieldDescription) -> Bool { Int.random(in: 0..<4, using: &random) == 0 }

  mutating func count(_ field: FieldDescription) -> Int { [1, 1, 2, 0, 3].randomElement(using: &random) ?? 1 }

  mutating func leaf(_ kind: FieldDescription.Kind, _ field: FieldDescription) throws -> DescribedValue {
    switch kind {
    case .bool: return .flag(Bool.random(using: &random))
    case .integer(let size, let isSigned):
      let bits = UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64(64 - 8 * size)
      guard isSigned else { return .number(Int64(bits)) }
      return .number(Int64(bitPattern: bits << UInt64(64 - 8 * size)) >> Int64(64 - 8 * size))
    case .string:
      // Some are longer than one byte of a compact length can say.
      let length = [0, 1, 5, 20, 200].randomElement(using: &random) ?? 1
      return .text(String(repeating: ["a", "é", "-9", "🌲"].randomElement(using: &random) ?? "", count: length))
    case .bytes, .records: return .bytes(someBytes([0, 1, 30, 300].randomElement(using: &random) ?? 1))
    case .uuid: return .bytes(someBytes(16))
    case .list, .structure: throw FieldDescription.Unknown(description: field.name)
    }
  }

  private mutating func someBytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}

/// The fields of a header.
struct NamedValues: DescribedValueSource {
  let values: [String: DescribedValue]

  func isNull(_ field: FieldDescription) -> Bool {
    if case .null = values[field.name] { true } else { false }
  }

  func count(_ field: FieldDescription) -> Int { 0 }

  func leaf(_ kind: FieldDescription.Kind, _ field: FieldDescription) throws -> DescribedValue {
    guard let value = values[field.name] else { throw FieldDescription.Unknown(description: field.name) }
    return value
  }
}

extension FieldDescription {
  func standardNumber() throws -> Int64 {
    guard let standard else { return 0 }
    let number = standard.hasPrefix("0x") ? Int64(standard.dropFirst(2), radix: 16) : Int64(standard)
    guard let number else { throw Unknown(description: "default \(standard) of \(name)") }
    return number
  }

  /// Whether a tagged field is left out, because it holds its default.
  func holdsStandard(_ value: DescribedValue) -> Bool {
    switch (kind, value) {
    case (_, .null): standard == "null"
    case (_, .number(let number)): "\(number)" == standard ?? "0"
    case (_, .flag(let flag)): "\(flag)" == standard ?? "false"
    case (_, .text(let text)): text == standard ?? ""
    case (.uuid, .bytes(let bytes)): bytes.allSatisfy { $0 == 0 }
    case (_, .bytes(let bytes)): bytes.isEmpty
    case (_, .list(let values)): values.isEmpty && standard != "null"
    case (_, .structure(let members)): standard != "null" && members.allSatisfy { $0.field.holdsStandard($0.value) }
    }
  }
}
