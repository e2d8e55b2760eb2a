import Base
import NIOCore

/// Writes fields into a buffer. Record batches are not copied into it unless they are small: the frame then consists
/// of pieces (see `EncodedFrame`).
public struct FieldEncoder: FieldCoder {
  /// Where in the buffer the tags of a struct are counted.
  public struct TagScope {
    @usableFromInline let countIndex: Int
    @usableFromInline var count: UInt8 = 0

    @inlinable
    init(countIndex: Int) {
      self.countIndex = countIndex
    }
  }

  /// Record batches of at most this many bytes are copied rather than written as a piece of their own.
  @usableFromInline static let copyLimit = 2048

  public let version: Int16
  public let isFlexible: Bool
  @usableFromInline var output: ByteBuffer
  @usableFromInline var splices: [EncodedFrame.Splice] = []

  @inlinable
  init(into output: ByteBuffer, version: Int16, isFlexible: Bool) {
    self.output = output
    self.version = version
    self.isFlexible = isFlexible
  }

  @inlinable
  public mutating func integer<Value: FixedWidthInteger>(_ value: inout Value) throws(ProtocolError) {
    output.writeInteger(value)
  }

  @inlinable
  public mutating func text(_ value: inout String) throws(ProtocolError) {
    try length(value.utf8.count, short: true)
    output.writeString(value)
  }

  @inlinable
  public mutating func nullableText(_ value: inout String?) throws(ProtocolError) {
    guard let text = value else { return try length(nil, short: true) }
    try length(text.utf8.count, short: true)
    output.writeString(text)
  }

  @inlinable
  public mutating func bytes(_ value: inout [UInt8]) throws(ProtocolError) {
    try length(value.count, short: false)
    output.writeBytes(value)
  }

  @inlinable
  public mutating func nullableBytes(_ value: inout [UInt8]?) throws(ProtocolError) {
    guard let bytes = value else { return try length(nil, short: false) }
    try length(bytes.count, short: false)
    output.writeBytes(bytes)
  }

  @inlinable
  public mutating func records(_ value: inout RecordsPayload) throws(ProtocolError) {
    switch value {
    case .null:
      try length(nil, short: false)
    case .bytes(let buffer):
      try length(buffer.readableBytes, short: false)
      if buffer.readableBytes <= Self.copyLimit {
        output.writeImmutableBuffer(buffer)
      } else {
        splices.append(EncodedFrame.Splice(index: output.writerIndex, content: .bytes(buffer)))
      }
    case .external(let byteCount, let index):
      try length(byteCount, short: false)
      if byteCount > 0 {
        splices.append(
          EncodedFrame.Splice(index: output.writerIndex, content: .external(byteCount: byteCount, index: index)))
      }
    }
  }

  @inlinable
  public mutating func list<Element: ListElement>(_ values: inout [Element]) throws(ProtocolError) {
    try length(values.count, short: false)
    for element in values {
      var element = element
      try element.code(&self)
    }
  }

  @inlinable
  public mutating func nullableList<Element: ListElement>(_ values: inout [Element]?) throws(ProtocolError) {
    guard var present = values else { return try length(nil, short: false) }
    try list(&present)
  }

  @inlinable
  public mutating func beginTags() throws(ProtocolError) -> TagScope {
    let scope = TagScope(countIndex: output.writerIndex)
    if isFlexible { output.writeInteger(UInt8(0)) }
    return scope
  }

  @inlinable
  public mutating func tagged<Value: FieldValue>(
    _ tag: UInt32, _ value: inout Value, default absent: Value, from first: Int16, in scope: inout TagScope
  ) throws(ProtocolError) {
    guard isFlexible, version >= first, value != absent else { return }
    var content = FieldEncoder(into: ByteBuffer(), version: version, isFlexible: true)
    try value.code(&content)
    scope.count &+= 1
    unsignedVarint(tag)
    unsignedVarint(UInt32(content.output.readableBytes))
    output.writeImmutableBuffer(content.output)
  }

  /// No message has as many tags as would need a second byte for their count.
  @inlinable
  public mutating func endTags(_ scope: TagScope) throws(ProtocolError) {
    if isFlexible, scope.count > 0 { output.setInteger(scope.count, at: scope.countIndex) }
  }
}

extension FieldEncoder {
  @inlinable
  mutating func length(_ count: Int?, short: Bool) throws(ProtocolError) {
    let limit = short ? Int(Int16.max) : Int(Int32.max) - 1
    if let count, count > limit { throw .tooLong(byteCount: count, limit: limit) }
    if isFlexible {
      unsignedVarint(UInt32((count ?? -1) + 1))
    } else if short {
      output.writeInteger(Int16(count ?? -1))
    } else {
      output.writeInteger(Int32(count ?? -1))
    }
  }

  @inlinable
  mutating func unsignedVarint(_ value: UInt32) {
    var rest = value
    while rest >= 0x80 {
      output.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.writeInteger(UInt8(truncatingIfNeeded: rest))
  }
}
