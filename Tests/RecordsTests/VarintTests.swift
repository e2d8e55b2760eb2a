import Base
import Records
import Testing

@Suite struct VarintTests {
  private func write(_ value: Int64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: 10)
    var position = 0
    bytes.withUnsafeMutableBytes { Varint.write(value, to: $0, at: &position) }
    #expect(position == Varint.size(value))
    return Array(bytes[..<position])
  }

  private func read(_ bytes: [UInt8]) throws -> (Int32, Int) {
    try bytes.withUnsafeBytes { bytes in
      var position = 0
      let value = try Varint.read(bytes, at: &position)
      return (value, position)
    }
  }

  private func readLong(_ bytes: [UInt8]) throws -> (Int64, Int) {
    try bytes.withUnsafeBytes { bytes in
      var position = 0
      let value = try Varint.readLong(bytes, at: &position)
      return (value, position)
    }
  }

  /// As aiokafka's `encode_varint` writes them.
  static let vectors: [(Int64, [UInt8])] = [
    (0, [0]), (-1, [1]), (1, [2]), (63, [126]), (-64, [127]), (64, [0x80, 1]), (-65, [0x81, 1]),
    (8191, [0xFE, 0x7F]), (-8192, [0xFF, 0x7F]), (8192, [0x80, 0x80, 1]),
    (Int64(Int32.max), [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]), (Int64(Int32.min), [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
    (Int64.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    (Int64.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
  ]

  @Test(arguments: vectors)
  func hasTheBytesOfKafka(_ value: Int64, _ bytes: [UInt8]) throws {
    #expect(write(value) == bytes)
    #expect(try readLong(bytes) == (value, bytes.count))
    if let small = Int32(exactly: value) { #expect(try read(bytes) == (small, bytes.count)) }
  }

  @Test func paddingIsRead() throws {
    #expect(try read([0x82, 0x80, 0x80, 0x80, 0x00]) == (1, 5))
    #expect(try readLong([0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]) == (1, 10))
  }

  @Test func tooManyBitsAreRefused() {
    #expect(throws: RecordFault.overlongVarint) { try read([0xFF, 0xFF, 0xFF, 0xFF, 0x10]) }
    #expect(throws: RecordFault.overlongVarint) { try read([0x80, 0x80, 0x80, 0x80, 0x80, 0x00]) }
    #expect(throws: RecordFault.overlongVarint) { try readLong([UInt8](repeating: 0xFF, count: 9) + [0x02]) }
    #expect(throws: RecordFault.overlongVarint) { try readLong([UInt8](repeating: 0x80, count: 10) + [0x00]) }
  }

  @Test func theEndOfTheBytesIsNoticed() {
    for count in 0..<5 {
      #expect(throws: RecordFault.truncated) { try read([UInt8](repeating: 0x80, count: count)) }
      #expect(throws: RecordFault.truncated) { try readLong([UInt8](repeating: 0x80, count: count)) }
    }
  }

  @Test func anyNumberComesBack() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("varints: seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let value = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
      let bytes = write(value)
      #expect(try readLong(bytes) == (value, bytes.count))
      if let small = Int32(exactly: value) { #expect(try read(bytes) == (small, bytes.count)) }
    }
  }
}
