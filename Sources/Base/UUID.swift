/// 128 bits that name a topic or a cluster (Kafka's `uuid`, RFC 9562 layout), big-endian on the wire.
public struct UUID: Sendable, Hashable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// All zeros: "no id" wherever the protocol has room for one.
  public static let zero = UUID(high: 0, low: 0)

  /// A random (version 4) id drawn from `random`.
  public init(random: inout SeededRandom) {
    high = (random.next() & ~0xF000) | 0x4000
    low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private var bytes: [UInt8] {
    (0..<16).map { index in
      let half = index < 8 ? high : low
      return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index % 8)))
    }
  }

  /// Kafka's way to print an id: 22 characters of unpadded URL-safe base64.
  public var description: String {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(Self.alphabet[Int(bits >> bitCount & 63)])
      }
    }
    text.append(Self.alphabet[Int(bits << (6 - bitCount) & 63)])
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads back what `description` prints; nil for anything else.
  public init?(_ description: some StringProtocol) {
    let digits = Array(description.utf8)
    guard digits.count == 22 else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for digit in digits {
      guard let value = Self.alphabet.firstIndex(of: digit) else { return nil }
      bits = (bits << 6 | UInt32(value)) & 0xFFFF
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(bits >> bitCount & 255))
      }
    }
    guard bytes.count == 16 else { return nil }
    high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
