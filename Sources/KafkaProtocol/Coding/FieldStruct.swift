/// A struct that the wire knows, described by one list of its fields: `code` walks them in the order of the wire.
/// `init()` has all fields at their defaults.
public protocol FieldStruct: NullableFieldValue, ListElement {}

extension FieldStruct {
  /// A nullable struct has a byte before it: -1 for null, 1 for a value (KIP-893).
  @inlinable
  public static func code<Coder: FieldCoder>(_ value: inout Self?, _ coder: inout Coder) throws(ProtocolError) {
    var marker: Int8 = value == nil ? -1 : 1
    try coder.integer(&marker)
    guard marker >= 0 else {
      value = nil
      return
    }
    var present = value ?? Self()
    try present.code(&coder)
    value = present
  }
}
