/// Reads little-endian numbers and counted bytes, and nothing beyond the end.
struct MetadataReader {
  private let bytes: [UInt8]
  private(set) var offset: Int

  init(_ bytes: [UInt8], from offset: Int) {
    self.bytes = bytes
    self.offset = min(offset, bytes.count)
  }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number<Number: FixedWidthInteger>() -> Number? {
    let size = MemoryLayout<Number>.size
    guard bytes.count - offset >= size else { return nil }
    defer { offset += size }
    return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
  }

  mutating func counted() -> ArraySlice<UInt8>? {
    guard let length: UInt32 = number(), bytes.count - offset >= Int(length) else { return nil }
    defer { offset += Int(length) }
    return bytes[offset..<(offset + Int(length))]
  }

  mutating func text() -> String? {
    counted().flatMap { String(validating: $0, as: UTF8.self) }
  }
}
