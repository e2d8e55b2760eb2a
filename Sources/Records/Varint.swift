/// Zigzag variable-length integers, as they stand in records (Protocol Buffers encoding, KIP-98).
///
/// Reading accepts up to 5 (10) bytes, padded ones as well, as Kafka does, but nothing beyond 32 (64) bits.
public enum Varint {
  /// Reads a 32-bit number at `position`, which is at least 0, and moves behind it.
  @inlinable
  public static func read(
    _ bytes: UnsafeRawBufferPointer, at position: inout Int
  ) throws(RecordFault) -> Int32 {
    guard position < bytes.count else { throw .truncated }
    let first = bytes[position]
    position &+= 1
    // Most lengths and deltas of log lines fit in one or two bytes.
    if first < 0x80 { return decoded(UInt32(first)) }
    var result = UInt32(first & 0x7F)
    var shift: UInt32 = 7
    while true {
      guard position < bytes.count else { throw .truncated }
      let byte = bytes[position]
      position &+= 1
      if shift == 28, byte > 0x0F { throw .overlongVarint }
      result |= UInt32(byte & 0x7F) << shift
      if byte < 0x80 { return decoded(result) }
      shift &+= 7
    }
  }

  /// Reads a 64-bit number at `position`, which is at least 0, and moves behind it.
  @inlinable
  public static func readLong(
    _ bytes: UnsafeRawBufferPointer, at position: inout Int
  ) throws(RecordFault) -> Int64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < bytes.count else { throw .truncated }
      let byte = bytes[position]
      position &+= 1
      if shift == 63, byte > 0x01 { throw .overlongVarint }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1) }
      shift &+= 7
    }
  }

  @inlinable
  static func decoded(_ zigzag: UInt32) -> Int32 {
    Int32(bitPattern: zigzag >> 1) ^ -Int32(bitPattern: zigzag & 1)
  }

  @inlinable
  static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  /// The bytes `value` takes, 1 to 10. A 32-bit number takes as many as the same number in 64 bits.
  @inlinable
  public static func size(_ value: Int64) -> Int {
    let bits = 64 &- zigzag(value).leadingZeroBitCount
    return bits == 0 ? 1 : (bits &+ 6) / 7
  }

  /// Writes `value` at `position`, where `size(value)` bytes have room, and moves behind it.
  @inlinable
  public static func write(_ value: Int64, to bytes: UnsafeMutableRawBufferPointer, at position: inout Int) {
    var rest = zigzag(value)
    precondition(position >= 0 && size(value) <= bytes.count &- position)
    while rest >= 0x80 {
      bytes[position] = UInt8(truncatingIfNeeded: rest) | 0x80
      position &+= 1
      rest >>= 7
    }
    bytes[position] = UInt8(truncatingIfNeeded: rest)
    position &+= 1
  }
}
