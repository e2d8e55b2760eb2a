import Base

/// What walks a message's list of fields: `FieldDecoder` fills them, `FieldEncoder` writes them.
public protocol FieldCoder {
  /// What a coder keeps between `beginTags` and `endTags`.
  associatedtype TagScope

  var version: Int16 { get }
  /// Whether this version has compact lengths and tagged fields (KIP-482).
  var isFlexible: Bool { get }

  mutating func integer<Value: FixedWidthInteger>(_ value: inout Value) throws(ProtocolError)
  mutating func text(_ value: inout String) throws(ProtocolError)
  mutating func nullableText(_ value: inout String?) throws(ProtocolError)
  mutating func bytes(_ value: inout [UInt8]) throws(ProtocolError)
  mutating func nullableBytes(_ value: inout [UInt8]?) throws(ProtocolError)
  mutating func records(_ value: inout RecordsPayload) throws(ProtocolError)
  mutating func list<Element: ListElement>(_ values: inout [Element]) throws(ProtocolError)
  mutating func nullableList<Element: ListElement>(_ values: inout [Element]?) throws(ProtocolError)

  /// Opens the tagged fields that end every struct of a flexible version; nothing on the wire in others.
  mutating func beginTags() throws(ProtocolError) -> TagScope
  /// A tagged field: not on the wire while it has its default.
  mutating func tagged<Value: FieldValue>(
    _ tag: UInt32, _ value: inout Value, default absent: Value, from first: Int16, in scope: inout TagScope
  ) throws(ProtocolError)
  mutating func endTags(_ scope: TagScope) throws(ProtocolError)
}

extension FieldCoder {
  /// A field that exists from version `first` to version `last`; in others it keeps its value and takes no bytes.
  @inlinable
  public mutating func field<Value: FieldValue>(
    _ value: inout Value, from first: Int16 = 0, to last: Int16 = .max
  ) throws(ProtocolError) {
    if version >= first, version <= last { try value.code(&self) }
  }

  /// A field of bytes that mean nothing here.
  @inlinable
  public mutating func field(
    _ value: inout [UInt8], from first: Int16 = 0, to last: Int16 = .max
  ) throws(ProtocolError) {
    if version >= first, version <= last { try bytes(&value) }
  }

  @inlinable
  public mutating func field(
    _ value: inout [UInt8]?, from first: Int16 = 0, to last: Int16 = .max
  ) throws(ProtocolError) {
    if version >= first, version <= last { try nullableBytes(&value) }
  }

  /// The end of a struct that has no tagged fields of its own.
  @inlinable
  public mutating func noTags() throws(ProtocolError) {
    if isFlexible {
      let scope = try beginTags()
      try endTags(scope)
    }
  }
}
