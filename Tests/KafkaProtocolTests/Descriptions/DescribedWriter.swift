/// Writes described values as the protocol says (https://kafka.apache.org/protocol, KIP-482 for flexible versions).
struct DescribedWriter {
  let version: Int16
  let isFlexible: Bool
  let strangeTag: Bool
  private(set) var bytes: [UInt8] = []

  init(version: Int16, isFlexible: Bool, strangeTag: Bool) {
    self.version = version
    self.isFlexible = isFlexible
    self.strangeTag = strangeTag
  }

  mutating func write(_ value: DescribedValue) throws {
    guard case .structure(let members) = value else { throw FieldDescription.Unknown(description: "\(value)") }
    var tagged: [(tag: UInt64, bytes: [UInt8])] = []
    for (field, value) in members {
      guard field.tagged.contains(version), isFlexible else {
        try write(value, field.kind, field)
        continue
      }
      guard let tag = field.tag else { throw FieldDescription.Unknown(description: "\(field.name) without its tag") }
      guard !field.holdsStandard(value) else { continue }
      var content = DescribedWriter(version: version, isFlexible: true, strangeTag: strangeTag)
      try content.write(value, field.kind, field)
      tagged.append((tag, content.bytes))
    }
    guard isFlexible else { return }
    if strangeTag { tagged.append((9999, [1, 2, 3])) }
    tagged.sort { $0.tag < $1.tag }
    varint(UInt64(tagged.count))
    for (tag, content) in tagged {
      varint(tag)
      varint(UInt64(content.count))
      bytes += content
    }
  }

  private mutating func write(_ value: DescribedValue, _ kind: FieldDescription.Kind, _ field: FieldDescription) throws
  {
    let isCompact = field.flexible.map { $0.contains(version) } ?? isFlexible
    switch (kind, value) {
    case (.bool, .flag(let flag)): bytes.append(flag ? 1 : 0)
    case (.integer(let size, _), .number(let number)): integer(number, size)
    case (.uuid, .bytes(let id)): bytes += id
    case (.string, .null): length(nil, 2, isCompact)
    case (.string, .text(let text)):
      length(text.utf8.count, 2, isCompact)
      bytes += text.utf8
    case (.bytes, .null), (.records, .null), (.list, .null): length(nil, 4, isCompact)
    case (.bytes, .bytes(let content)), (.records, .bytes(let content)):
      length(content.count, 4, isCompact)
      bytes += content
    case (.list(let element), .list(let values)):
      length(values.count, 4, isCompact)
      for value in values { try write(value, element, field) }
    case (.structure, .null): integer(-1, 1)
    case (.structure, .structure):
      // Only of a struct that may be null it is said that it is not.
      if field.nullable.contains(version), case .structure = field.kind { integer(1, 1) }
      try write(value)
    default: throw FieldDescription.Unknown(description: "\(field.name): \(value)")
    }
  }

  private mutating func integer(_ number: Int64, _ size: Int) {
    for place in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> Int64(8 * place))) }
  }

  private mutating func length(_ count: Int?, _ size: Int, _ isCompact: Bool) {
    if isCompact { varint(UInt64((count ?? -1) + 1)) } else { integer(Int64(count ?? -1), size) }
  }

  private mutating func varint(_ number: UInt64) {
    var rest = number
    while rest > 127 {
      bytes.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
