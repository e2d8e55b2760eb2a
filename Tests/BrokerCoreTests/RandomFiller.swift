import Base
import KafkaProtocol
import NIOCore

/// Fills the fields of any message with what a client might send, and with what none would: it walks the message's own
/// list of fields, so that every field of every version has its turn.
struct RandomFiller: FieldCoder {
  struct TagScope {}

  let version: Int16
  let isFlexible: Bool
  var random: SeededRandom
  /// What stands in text fields, most of the time.
  let names: [String]
  let topicIDs: [UUID]
  /// What stands in records fields, most of the time.
  let batches: [[UInt8]]
  /// Elements the lists of this message may still get.
  var budget = 60

  mutating func fill<M: Message>(_ type: M.Type) throws(ProtocolError) -> M {
    var message = M()
    try message.code(&self)
    return message
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func integer<Value: FixedWidthInteger>(_ value: inout Value) throws(ProtocolError) {
    if chance(25) { return }
    // The halves of ids that exist, so that versions with ids reach past the lookup.
    if Value.self == UInt64.self, chance(80), let id = topicIDs.randomElement(using: &random) {
      value = Value(truncatingIfNeeded: value == 0 ? id.high : id.low)
      return
    }
    switch Int.random(in: 0..<10, using: &random) {
    case 0: value = .max
    case 1: value = .min
    case 2: value = Value(truncatingIfNeeded: -1)
    case 3: value = Value.random(in: .min ... .max, using: &random)
    case 4...6: value = 0
    default: value = Value(truncatingIfNeeded: Int.random(in: 0...4, using: &random))
    }
  }

  mutating func text(_ value: inout String) throws(ProtocolError) {
    value = name()
  }

  mutating func nullableText(_ value: inout String?) throws(ProtocolError) {
    value = chance(25) ? nil : name()
  }

  private mutating func name() -> String {
    if chance(90), let name = names.randomElement(using: &random) { return name }
    let count = Int.random(in: 0...300, using: &random)
    return String(repeating: ["x", "ä", "\0", "a.b_", "🌲"].randomElement(using: &random) ?? "", count: count)
  }

  mutating func bytes(_ value: inout [UInt8]) throws(ProtocolError) {
    value = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  mutating func nullableBytes(_ value: inout [UInt8]?) throws(ProtocolError) {
    guard !chance(20) else {
      value = nil
      return
    }
    var present: [UInt8] = []
    try bytes(&present)
    value = present
  }

  mutating func records(_ value: inout RecordsPayload) throws(ProtocolError) {
    if chance(5) {
      value = .null
    } else if chance(60), let batch = batches.randomElement(using: &random) {
      value = .bytes(ByteBuffer(bytes: batch))
    } else {
      var batch = batches.randomElement(using: &random) ?? []
      if !batch.isEmpty {
        batch[Int.random(in: 0..<batch.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if chance(30) { batch.removeLast(Int.random(in: 0...batch.count, using: &random)) }
      value = .bytes(ByteBuffer(bytes: batch))
    }
  }

  mutating func list<Element: ListElement>(_ values: inout [Element]) throws(ProtocolError) {
    values = []
    while budget > 0, chance(60) {
      budget -= 1
      var element = Element()
      try element.code(&self)
      values.append(element)
    }
  }

  mutating func nullableList<Element: ListElement>(_ values: inout [Element]?) throws(ProtocolError) {
    guard !chance(10) else {
      values = nil
      return
    }
    var present: [Element] = []
    try list(&present)
    values = present
  }

  mutating func beginTags() throws(ProtocolError) -> TagScope { TagScope() }

  mutating func tagged<Value: FieldValue>(
    _ tag: UInt32, _ value: inout Value, default absent: Value, from first: Int16, in scope: inout TagScope
  ) throws(ProtocolError) {
    if isFlexible, version >= first, chance(50) { try value.code(&self) }
  }

  mutating func endTags(_ scope: TagScope) throws(ProtocolError) {}
}
