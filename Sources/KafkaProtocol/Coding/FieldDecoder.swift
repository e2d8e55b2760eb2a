import Base
import NIOCore

/// Fills fields from the bytes of one frame. Every length is checked against what is there before anything is
/// allocated for it.
public struct FieldDecoder: FieldCoder {
  @usableFromInline
  struct TaggedField {
    @usableFromInline var tag: UInt32
    @usableFromInline var position: Int
    @usableFromInline var end: Int

    @inlinable
    init(tag: UInt32, position: Int, end: Int) {
      self.tag = tag
      self.position = position
      self.end = end
    }
  }

  public struct TagScope {
    @usableFromInline var fields: [TaggedField]
    /// The first byte after the tagged fields.
    @usableFromInline var end: Int

    @inlinable
    init(fields: [TaggedField], end: Int) {
      self.fields = fields
      self.end = end
    }
  }

  /// Array elements a frame may have unless the caller says otherwise.
  public static let defaultElementLimit = 250_000

  public let version: Int16
  public let isFlexible: Bool
  @usableFromInline let frame: ByteBuffer
  @usableFromInline let base: UnsafeRawBufferPointer
  @usableFromInline var position: Int
  @usableFromInline var end: Int
  @usableFromInline let elementLimit: Int
  @usableFromInline var elementCount = 0

  /// Decodes `bytes`, which are the readable bytes of `frame`; both must outlive the decoder.
  @inlinable
  init(
    _ bytes: UnsafeRawBufferPointer, of frame: ByteBuffer, version: Int16, isFlexible: Bool,
    elementLimit: Int = defaultElementLimit
  ) {
    base = bytes
    self.frame = frame
    self.version = version
    self.isFlexible = isFlexible
    self.elementLimit = elementLimit
    position = 0
    end = bytes.count
  }

  @inlinable var remaining: Int { end &- position }

  @inlinable
  public mutating func integer<Value: FixedWidthInteger>(_ value: inout Value) throws(ProtocolError) {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw truncated(size) }
    value = Value(bigEndian: base.loadUnaligned(fromByteOffset: position, as: Value.self))
    position &+= size
  }

  @inlinable
  public mutating func text(_ value: inout String) throws(ProtocolError) {
    let start = position
    guard let count = try length(short: true) else { throw .invalidLength(-1, offset: start) }
    value = try string(count)
  }

  @inlinable
  public mutating func nullableText(_ value: inout String?) throws(ProtocolError) {
    guard let count = try length(short: true) else {
      value = nil
      return
    }
    value = try string(count)
  }

  @inlinable
  public mutating func bytes(_ value: inout [UInt8]) throws(ProtocolError) {
    let start = position
    guard let count = try length(short: false) else { throw .invalidLength(-1, offset: start) }
    value = take(count)
  }

  @inlinable
  public mutating func nullableBytes(_ value: inout [UInt8]?) throws(ProtocolError) {
    value = try length(short: false).map { take($0) }
  }

  @inlinable
  public mutating func records(_ value: inout RecordsPayload) throws(ProtocolError) {
    guard let count = try length(short: false) else {
      value = .null
      return
    }
    guard let slice = frame.getSlice(at: frame.readerIndex &+ position, length: count) else { throw truncated(count) }
    position &+= count
    value = .bytes(slice)
  }

  @inlinable
  public mutating func list<Element: ListElement>(_ values: inout [Element]) throws(ProtocolError) {
    let start = position
    guard let count = try elementCountOfList() else { throw .invalidLength(-1, offset: start) }
    values = try elements(count)
  }

  @inlinable
  public mutating func nullableList<Element: ListElement>(_ values: inout [Element]?) throws(ProtocolError) {
    guard let count = try elementCountOfList() else {
      values = nil
      return
    }
    values = try elements(count)
  }

  /// The message is at its end.
  @inlinable
  func finish() throws(ProtocolError) {
    guard remaining == 0 else { throw .trailingBytes(remaining, offset: position) }
  }
}

extension FieldDecoder {
  @usableFromInline
  func truncated(_ expected: Int) -> ProtocolError {
    .truncated(offset: position, expected: expected, available: remaining)
  }

  /// A length that has been checked against what is left; nil for null.
  @inlinable
  mutating func length(short: Bool) throws(ProtocolError) -> Int? {
    let start = position
    let length: Int64
    if isFlexible {
      length = Int64(try unsignedVarint()) &- 1
    } else if short {
      var wire: Int16 = 0
      try integer(&wire)
      length = Int64(wire)
    } else {
      var wire: Int32 = 0
      try integer(&wire)
      length = Int64(wire)
    }
    if length == -1 { return nil }
    guard length >= 0 else { throw .invalidLength(length, offset: start) }
    guard length <= remaining else { throw truncated(Int(length)) }
    return Int(length)
  }

  @inlinable
  mutating func elementCountOfList() throws(ProtocolError) -> Int? {
    let start = position
    // Each element has at least one byte, so that the count is bounded as a length is.
    guard let count = try length(short: false) else { return nil }
    elementCount &+= count
    guard elementCount <= elementLimit else { throw .tooManyElements(limit: elementLimit, offset: start) }
    return count
  }

  @inlinable
  mutating func elements<Element: ListElement>(_ count: Int) throws(ProtocolError) -> [Element] {
    guard count > 0 else { return [] }
    var values: [Element] = []
    values.reserveCapacity(min(count, 1024))
    for _ in 0..<count {
      var element = Element()
      try element.code(&self)
      values.append(element)
    }
    return values
  }

  @inlinable
  mutating func string(_ count: Int) throws(ProtocolError) -> String {
    let bytes = UnsafeRawBufferPointer(rebasing: base[position..<position &+ count])
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText(offset: position) }
    position &+= count
    return text
  }

  @inlinable
  mutating func take(_ count: Int) -> [UInt8] {
    let bytes = base[position..<position &+ count]
    position &+= count
    return Array(bytes)
  }

  /// An unsigned LEB128 number of at most 32 bits.
  @inlinable
  mutating func unsignedVarint() throws(ProtocolError) -> UInt32 {
    let start = position
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while true {
      guard remaining >= 1 else { throw truncated(1) }
      let byte = base[position]
      position &+= 1
      if shift == 28, byte > 0x0F { throw .overlongNumber(offset: start) }
      value |= UInt32(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
  }
}

extension FieldDecoder {
  @inlinable
  public mutating func beginTags() throws(ProtocolError) -> TagScope {
    guard isFlexible else { return TagScope(fields: [], end: position) }
    let count = try unsignedVarint()
    if count == 0 { return TagScope(fields: [], end: position) }
    return try tags(count)
  }

  @usableFromInline
  mutating func tags(_ count: UInt32) throws(ProtocolError) -> TagScope {
    guard count <= remaining / 2 else { throw .invalidLength(Int64(count), offset: position) }
    var fields: [TaggedField] = []
    for _ in 0..<count {
      elementCount &+= 1
      guard elementCount <= elementLimit else { throw .tooManyElements(limit: elementLimit, offset: position) }
      let tag = try unsignedVarint()
      let size = Int(try unsignedVarint())
      guard size <= remaining else { throw truncated(size) }
      fields.append(TaggedField(tag: tag, position: position, end: position &+ size))
      position &+= size
    }
    return TagScope(fields: fields, end: position)
  }

  @inlinable
  public mutating func tagged<Value: FieldValue>(
    _ tag: UInt32, _ value: inout Value, default absent: Value, from first: Int16, in scope: inout TagScope
  ) throws(ProtocolError) {
    guard version >= first, !scope.fields.isEmpty, let field = scope.fields.first(where: { $0.tag == tag }) else {
      return
    }
    let outerEnd = end
    position = field.position
    end = field.end
    try value.code(&self)
    try finish()
    end = outerEnd
  }

  /// Steps over the tagged fields, known and unknown.
  @inlinable
  public mutating func endTags(_ scope: TagScope) throws(ProtocolError) {
    if isFlexible { position = scope.end }
  }
}
