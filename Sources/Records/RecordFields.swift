/// One record taken apart: where its fields lie within the bytes it was read from.
@usableFromInline
struct RecordFields {
  @usableFromInline var timestampDelta: Int64
  @usableFromInline var offsetDelta: Int32
  /// nil: null.
  @usableFromInline var key: UnsafeRawBufferPointer?
  @usableFromInline var value: UnsafeRawBufferPointer?
  @usableFromInline var headers: RecordHeadersView

  /// Takes apart the record at `position`, which is at least 0, and moves behind it. All of it is checked.
  @inlinable
  init(_ bytes: UnsafeRawBufferPointer, at position: inout Int) throws(RecordFault) {
    let size = try Varint.read(bytes, at: &position)
    guard size >= 0 else { throw .negativeSize(size) }
    guard Int(size) <= bytes.count &- position else { throw .truncated }
    let body = UnsafeRawBufferPointer(rebasing: bytes[position..<position &+ Int(size)])
    position &+= Int(size)
    // The first byte holds attributes, of which none is defined.
    var inner = 1
    timestampDelta = try Varint.readLong(body, at: &inner)
    offsetDelta = try Varint.read(body, at: &inner)
    key = try Self.field(body, at: &inner)
    value = try Self.field(body, at: &inner)
    let headerCount = try Varint.read(body, at: &inner)
    let headersStart = inner
    try Self.checkHeaders(headerCount, body, at: &inner)
    guard inner == body.count else { throw .excessBytes(body.count &- inner) }
    headers = RecordHeadersView(
      count: Int(headerCount), bytes: UnsafeRawBufferPointer(rebasing: body[headersStart..<inner]))
  }

  /// Bytes behind their length; nil for the length -1.
  @inlinable
  static func field(
    _ body: UnsafeRawBufferPointer, at position: inout Int
  ) throws(RecordFault) -> UnsafeRawBufferPointer? {
    let length = try Varint.read(body, at: &position)
    if length < 0 {
      guard length == -1 else { throw .invalidLength(length) }
      return nil
    }
    guard Int(length) <= body.count &- position else { throw .invalidLength(length) }
    let start = position
    position &+= Int(length)
    return UnsafeRawBufferPointer(rebasing: body[start..<position])
  }

  @inlinable
  static func checkHeaders(
    _ count: Int32, _ body: UnsafeRawBufferPointer, at position: inout Int
  ) throws(RecordFault) {
    // A header takes two bytes at least.
    guard count >= 0, Int(count) <= (body.count &- position) / 2 else { throw .invalidHeaderCount(count) }
    for _ in 0..<count {
      guard try field(body, at: &position) != nil else { throw .nullHeaderKey }
      _ = try field(body, at: &position)
    }
  }
}
