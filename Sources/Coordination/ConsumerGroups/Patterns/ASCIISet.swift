/// Some of the 128 characters of ASCII: names of topics have no others.
struct ASCIISet: Sendable, Hashable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  static let all = ASCIISet(0...127)
  static let digits = ASCIISet(UInt8(ascii: "0")...UInt8(ascii: "9"))
  static let upper = ASCIISet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
  static let lower = ASCIISet(UInt8(ascii: "a")...UInt8(ascii: "z"))
  static let letters = upper.union(lower)
  static let word = letters.union(digits).union(ASCIISet("_"))
  static let space = ASCIISet("\t\n\u{0C}\r ")

  init() {}

  init(_ range: ClosedRange<UInt8>) {
    for byte in range { insert(byte) }
  }

  init(_ text: String) {
    for byte in text.utf8 { insert(byte) }
  }

  func contains(_ byte: UInt8) -> Bool {
    if byte < 64 { return low >> UInt64(byte) & 1 == 1 }
    return byte < 128 && high >> UInt64(byte - 64) & 1 == 1
  }

  /// What is not ASCII is never matched, and left out.
  mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
  }

  func union(_ other: ASCIISet) -> ASCIISet {
    var result = self
    result.low |= other.low
    result.high |= other.high
    return result
  }

  var inverted: ASCIISet {
    var result = self
    result.low = ~low
    result.high = ~high
    return result
  }

  /// With both cases of each letter in it.
  var ignoringCase: ASCIISet {
    var result = self
    for (upper, lower) in zip(UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"))
    where contains(upper) || contains(lower) {
      result.insert(upper)
      result.insert(lower)
    }
    return result
  }
}
