import Base
import NIOCore

/// Writes fields into memory of its own, which `ByteBuffer` would be too slow for, call by call. Whoever makes one calls
/// `deallocate` when done. Record batches are not copied unless they are small: the frame then consists of pieces (see
/// `EncodedFrame`).
public struct FieldEncoder: FieldCoder {
  /// Where the tags of a struct are counted.
  public struct TagScope {
    @usableFromInline let countPosition: Int
    @usableFromInline var count: UInt8 = 0

    @inlinable
    init(countPosition: Int) {
      self.countPosition = countPosition
    }
  }

  /// Record batches of at most this many bytes are copied rather than written as a piece of their own.
  @usableFromInline static let copyLimit = 2048

  public let version: Int16
  public let isFlexible: Bool
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  /// Bytes written.
  @usableFromInline var position = 0
  @usableFromInline var splices: [EncodedFrame.Splice] = []

  @inlinable
  init(version: Int16, isFlexible: Bool, capacity: Int = 512) {
    self.version = version
    self.isFlexible = isFlexible
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 1)
  }

  @inlinable
  func deallocate() {
    base.deallocate()
  }

  @inlinable var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: position) }

  @inlinable
  public mutating func integer<Value: FixedWidthInteger>(_ value: inout Value) throws(ProtocolError) {
    write(value)
  }

  @inlinable
  public mutating func text(_ value: inout String) throws(ProtocolError) {
    try write(text: &value)
  }

  @inlinable
  public mutating func nullableText(_ value: inout String?) throws(ProtocolError) {
    guard var text = value else { return try length(nil, short: true) }
    try write(text: &text)
  }

  @inlinable
  public mutating func bytes(_ value: inout [UInt8]) throws(ProtocolError) {
    try length(value.count, short: false)
    value.withUnsafeBytes { write($0) }
  }

  @inlinable
  public mutating func nullableBytes(_ value: inout [UInt8]?) throws(ProtocolError) {
    guard let bytes = value else { return try length(nil, short: false) }
    try length(bytes.count, short: false)
    bytes.withUnsafeBytes { write($0) }
  }

  @inlinable
  public mutating func records(_ value: inout RecordsPayload) throws(ProtocolError) {
    switch value {
    case .null:
      try length(nil, short: false)
    case .bytes(let buffer):
      try length(buffer.readableBytes, short: false)
      if buffer.readableBytes <= Self.copyLimit {
        buffer.withUnsafeReadableBytes { write($0) }
      } else {
        splices.append(EncodedFrame.Splice(index: position, content: .bytes(buffer)))
      }
    case .external(let byteCount, let index):
      try length(byteCount, short: false)
      if byteCount > 0 {
        splices.append(
          EncodedFrame.Splice(index: position, content: .external(byteCount: byteCount, index: index)))
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
    let scope = TagScope(countPosition: position)
    if isFlexible { write(UInt8(0)) }
    return scope
  }

  @inlinable
  public mutating func tagged<Value: FieldValue>(
    _ tag: UInt32, _ value: inout Value, default absent: Value, from first: Int16, in scope: inout TagScope
  ) throws(ProtocolError) {
    guard isFlexible, version >= first, value != absent else { return }
    var content = FieldEncoder(version: version, isFlexible: true)
    defer { content.deallocate() }
    try value.code(&content)
    scope.count &+= 1
    unsignedVarint(tag)
    unsignedVarint(UInt32(content.position))
    write(content.written)
  }

  /// No message has as many tags as would need a second byte for their count.
  @inlinable
  public mutating func endTags(_ scope: TagScope) throws(ProtocolError) {
    if isFlexible { base.storeBytes(of: scope.count, toByteOffset: scope.countPosition, as: UInt8.self) }
  }
}

extension FieldEncoder {
  @inlinable
  mutating func reserve(_ count: Int) {
    if capacity &- position < count { grow(count) }
  }

  @usableFromInline
  mutating func grow(_ count: Int) {
    let larger = max(capacity * 2, position + count)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 1)
    memory.copyMemory(from: base, byteCount: position)
    base.deallocate()
    base = memory
    capacity = larger
  }

  @inlinable
  mutating func write<Value: FixedWidthInteger>(_ value: Value) {
    reserve(MemoryLayout<Value>.size)
    base.storeBytes(of: value.bigEndian, toByteOffset: position, as: Value.self)
    position &+= MemoryLayout<Value>.size
  }

  @inlinable
  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    (base + position).copyMemory(from: start, byteCount: bytes.count)
    position &+= bytes.count
  }

  @inlinable
  mutating func write(text: inout String) throws(ProtocolError) {
    try length(text.utf8.count, short: true)
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  @inlinable
  mutating func length(_ count: Int?, short: Bool) throws(ProtocolError) {
    let limit = short ? Int(Int16.max) : Int(Int32.max) - 1
    if let count, count > limit { throw .tooLong(byteCount: count, limit: limit) }
    if isFlexible {
      unsignedVarint(UInt32((count ?? -1) + 1))
    } else if short {
      write(Int16(count ?? -1))
    } else {
      write(Int32(count ?? -1))
    }
  }

  @inlinable
  mutating func unsignedVarint(_ value: UInt32) {
    var rest = value
    while rest >= 0x80 {
      write(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    write(UInt8(truncatingIfNeeded: rest))
  }
}
