import Base

/// What a field can hold.
public protocol FieldValue: Sendable, Hashable {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError)
}

/// A field value that has a way to be null on the wire.
public protocol NullableFieldValue: FieldValue {
  static func code<Coder: FieldCoder>(_ value: inout Self?, _ coder: inout Coder) throws(ProtocolError)
}

/// What lists are made of. `init()` gives the default.
public protocol ListElement: FieldValue {
  init()
}

extension Optional: FieldValue where Wrapped: NullableFieldValue {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try Wrapped.code(&self, &coder)
  }
}

extension Bool: FieldValue {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    var byte: Int8 = self ? 1 : 0
    try coder.integer(&byte)
    self = byte != 0
  }
}

extension Int8: ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&self)
  }
}

extension Int16: ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&self)
  }
}

extension UInt16: ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&self)
  }
}

extension Int32: ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&self)
  }
}

extension Int64: ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&self)
  }
}

extension ErrorCode: FieldValue {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&rawValue)
  }
}

extension UUID: ListElement {
  @inlinable
  public init() {
    self = .zero
  }

  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.integer(&high)
    try coder.integer(&low)
  }
}

extension String: NullableFieldValue, ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.text(&self)
  }

  @inlinable
  public static func code<Coder: FieldCoder>(_ value: inout String?, _ coder: inout Coder) throws(ProtocolError) {
    try coder.nullableText(&value)
  }
}

extension Array: FieldValue, NullableFieldValue where Element: ListElement {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.list(&self)
  }

  @inlinable
  public static func code<Coder: FieldCoder>(_ value: inout Self?, _ coder: inout Coder) throws(ProtocolError) {
    try coder.nullableList(&value)
  }
}

extension RecordsPayload: FieldValue {
  @inlinable
  public mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
    try coder.records(&self)
  }
}
