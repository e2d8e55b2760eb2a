import CSystemd

/// Makes JSON of journal entries, one after the other in the same memory.
struct JournalEntryEncoder: ~Copyable {
  /// Memory kept between entries.
  static var capacity: Int { 64 << 10 }

  /// A field of the entry that is being encoded, as places in `buffer`.
  private struct Field {
    var hash: UInt32
    /// With its quotes.
    var name: Range<Int>
    var value: Range<Int>
  }

  /// The most bytes of an entry; what would be more loses its largest fields.
  private let limit: Int
  private var buffer = JSONBuffer(capacity: capacity)
  /// Where an entry is put together anew that has a field twice or is too large.
  private var rebuilt = JSONBuffer(capacity: 64)
  private var fields: [Field] = []
  /// Which hashes, modulo 64, `fields` has.
  private var hashes: UInt64 = 0
  private var isRepeated = false
  /// Whether the last entry lost a field.
  private(set) var isCut = false

  /// Of the last entry.
  var cursor: [UInt8] = []
  /// When the last entry was received: microseconds since 1970-01-01 UTC.
  private(set) var realtime: UInt64 = 0
  /// What routes are made of: raw values of the last entry.
  private(set) var unit: [UInt8] = []
  private(set) var identifier: [UInt8] = []
  private(set) var transport: [UInt8] = []

  init(limit: Int) {
    self.limit = limit
  }

  /// Encodes the entry the reader is at.
  mutating func encode(_ reader: JournalReader) throws(JournalError) {
    buffer.shrink(to: Self.capacity)
    rebuilt.shrink(to: Self.capacity)
    fields.removeAll(keepingCapacity: true)
    hashes = 0
    isRepeated = false
    isCut = false
    unit.removeAll(keepingCapacity: true)
    identifier.removeAll(keepingCapacity: true)
    transport.removeAll(keepingCapacity: true)
    try appendPlace(of: reader)
    try reader.forEachField { data in append(field: data) }
    buffer.append(UInt8(ascii: "}"))
    if isRepeated || buffer.count > limit { rebuild() }
  }

  /// The last entry's JSON. Valid until the next one is encoded.
  var bytes: UnsafeRawBufferPointer { rebuilt.count > 0 ? rebuilt.bytes : buffer.bytes }

  /// The fields that say where and when the entry is.
  private mutating func appendPlace(of reader: JournalReader) throws(JournalError) {
    realtime = try reader.realtime()
    let (monotonic, boot) = try reader.monotonic()
    try reader.withCursor { bytes in
      cursor.removeAll(keepingCapacity: true)
      cursor.append(contentsOf: bytes)
    }
    buffer.append("{\"__CURSOR\":")
    let start = buffer.count
    cursor.withUnsafeBytes { buffer.append(value: $0) }
    fields.append(Field(hash: 0, name: 1..<start - 1, value: start..<buffer.count))
    append(placed: ",\"__REALTIME_TIMESTAMP\":", number: realtime)
    append(placed: ",\"__MONOTONIC_TIMESTAMP\":", number: monotonic)
    let name = buffer.count + 1
    buffer.append(",\"_BOOT_ID\":")
    let value = buffer.count
    buffer.append(UInt8(ascii: "\""))
    withUnsafeBytes(of: boot) { bytes in
      let digits: StaticString = "0123456789abcdef"
      for byte in bytes {
        buffer.append(digits.utf8Start[Int(byte >> 4)])
        buffer.append(digits.utf8Start[Int(byte & 15)])
      }
    }
    buffer.append(UInt8(ascii: "\""))
    fields.append(Field(hash: 0, name: name..<value - 1, value: value..<buffer.count))
  }

  private mutating func append(placed name: StaticString, number: UInt64) {
    let start = buffer.count + 1
    buffer.append(name)
    let value = buffer.count
    buffer.append(UInt8(ascii: "\""))
    buffer.append(number: number)
    buffer.append(UInt8(ascii: "\""))
    fields.append(Field(hash: 0, name: start..<value - 1, value: value..<buffer.count))
  }

  /// `NAME=value`
  private mutating func append(field data: UnsafeRawBufferPointer) {
    guard let equals = data.firstIndex(of: UInt8(ascii: "=")), equals > 0 else { return }
    let name = UnsafeRawBufferPointer(rebasing: data[..<equals])
    let value = UnsafeRawBufferPointer(rebasing: data[(equals + 1)...])
    guard !name.matches("_BOOT_ID") else { return }
    keepForRoute(name, value)
    let start = buffer.count
    buffer.append(UInt8(ascii: ","))
    guard buffer.append(string: name) else { return buffer.cut(to: start) }
    let nameRange = start + 1..<buffer.count
    buffer.append(UInt8(ascii: ":"))
    let valueStart = buffer.count
    if value.count > limit || buffer.count > 4 * limit {
      buffer.append("null")
      isCut = true
    } else {
      buffer.append(value: value)
    }
    note(Field(hash: name.quickHash, name: nameRange, value: valueStart..<buffer.count))
  }

  private mutating func note(_ field: Field) {
    let bit: UInt64 = 1 << UInt64(field.hash & 63)
    if hashes & bit != 0 && !isRepeated {
      isRepeated = fields.contains { $0.hash == field.hash && isSameName($0, field) }
    }
    hashes |= bit
    fields.append(field)
  }

  private func isSameName(_ one: Field, _ other: Field) -> Bool {
    buffer.bytes[one.name].elementsEqual(buffer.bytes[other.name])
  }

  private mutating func keepForRoute(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    // Whatever names a unit is short.
    let value = value.prefix(256)
    switch name.count {
    case 13 where name.matches("_SYSTEMD_UNIT") && unit.isEmpty: unit.append(contentsOf: value)
    case 17 where name.matches("SYSLOG_IDENTIFIER") && identifier.isEmpty: identifier.append(contentsOf: value)
    case 10 where name.matches("_TRANSPORT") && transport.isEmpty: transport.append(contentsOf: value)
    default: break
    }
  }

  /// Puts the entry together anew: values of one name in a list, and none that make it too large.
  private mutating func rebuild() {
    var total = buffer.count
    var dropped: Set<Int> = []
    // The first four say which entry it is.
    for index in fields.indices.dropFirst(4).sorted(by: { fields[$0].value.count > fields[$1].value.count }) {
      guard total > limit else { break }
      total -= fields[index].value.count - 4
      dropped.insert(index)
      isCut = true
    }
    var done: Set<Int> = []
    rebuilt.append(UInt8(ascii: "{"))
    for index in fields.indices where !done.contains(index) {
      if index > 0 { rebuilt.append(UInt8(ascii: ",")) }
      appendRebuilt(buffer.bytes[fields[index].name])
      rebuilt.append(UInt8(ascii: ":"))
      let same = fields.indices.dropFirst(index).filter {
        fields[$0].hash == fields[index].hash && isSameName(fields[$0], fields[index])
      }
      if same.count > 1 { rebuilt.append(UInt8(ascii: "[")) }
      for (count, place) in same.enumerated() {
        if count > 0 { rebuilt.append(UInt8(ascii: ",")) }
        if dropped.contains(place) { rebuilt.append("null") } else { appendRebuilt(buffer.bytes[fields[place].value]) }
        done.insert(place)
      }
      if same.count > 1 { rebuilt.append(UInt8(ascii: "]")) }
    }
    rebuilt.append(UInt8(ascii: "}"))
  }

  private mutating func appendRebuilt(_ slice: Slice<UnsafeRawBufferPointer>) {
    rebuilt.append(UnsafeRawBufferPointer(rebasing: slice))
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func matches(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
  }

  /// Good enough to tell field names apart (FNV-1a).
  fileprivate var quickHash: UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in self { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return hash
  }
}
