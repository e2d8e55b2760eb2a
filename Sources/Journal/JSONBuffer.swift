/// Bytes of JSON, in memory that is used again.
struct JSONBuffer: ~Copyable {
  private var memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(capacity: Int) {
    memory = .allocate(byteCount: max(64, capacity), alignment: 16)
  }

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// Forgets what is behind `count` bytes.
  mutating func cut(to count: Int) { self.count = min(self.count, max(0, count)) }

  /// Gives memory beyond `capacity` back; the content is lost.
  mutating func shrink(to capacity: Int) {
    count = 0
    guard memory.count > capacity else { return }
    memory.deallocate()
    memory = .allocate(byteCount: max(64, capacity), alignment: 16)
  }

  private mutating func reserve(_ more: Int) {
    guard memory.count - count < more else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(memory.count * 2, count + more), alignment: 16)
    larger.copyMemory(from: bytes)
    memory.deallocate()
    memory = larger
  }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    memory[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    reserve(more.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: more)
    count += more.count
  }

  /// Decimal digits.
  mutating func append(number: UInt64) {
    reserve(20)
    var rest = number
    var place = count
    repeat {
      memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      place += 1
    } while rest > 0
    var (low, high) = (count, place - 1)
    while low < high {
      memory.swapAt(low, high)
      low += 1
      high -= 1
    }
    count = place
  }

  /// A value as the journal's JSON has it: a string, or a list of bytes where it is not printable UTF-8.
  mutating func append(value: UnsafeRawBufferPointer) {
    let start = count
    if append(string: value) { return }
    count = start
    append(UInt8(ascii: "["))
    // "255," for each.
    reserve(value.count * 4 + 1)
    for (index, byte) in value.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(number: UInt64(byte))
    }
    append(UInt8(ascii: "]"))
  }

  /// A string with its quotes. False when the text is not printable UTF-8; what was written then is to be cut off.
  mutating func append(string text: UnsafeRawBufferPointer) -> Bool {
    // Each byte becomes two at most.
    reserve(text.count * 2 + 2)
    memory[count] = UInt8(ascii: "\"")
    var place = count + 1
    var index = 0
    while index < text.count {
      if text.count - index >= 8 {
        let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if Self.isPlain(word) {
          memory.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
          index += 8
          place += 8
          continue
        }
      }
      let byte = text[index]
      switch byte {
      case 0x22, 0x5C:
        memory[place] = 0x5C
        memory[place + 1] = byte
        index += 1
        place += 2
      case 0x20..<0x7F:
        memory[place] = byte
        index += 1
        place += 1
      case 0x0A, 0x09:
        memory[place] = 0x5C
        memory[place + 1] = byte == 0x0A ? UInt8(ascii: "n") : UInt8(ascii: "t")
        index += 1
        place += 2
      case 0x80...:
        let length = text.printableLength(at: index)
        guard length > 0 else { return false }
        for offset in 0..<length { memory[place + offset] = text[index + offset] }
        index += length
        place += length
      default: return false
      }
    }
    memory[place] = UInt8(ascii: "\"")
    count = place + 1
    return true
  }

  /// Whether all eight bytes are printable ASCII that needs no escape.
  private static func isPlain(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let control = (word &- (ones &* 0x20)) & ~word
    let beyond = ((word & ~highs) &+ ones) | word
    let escaped = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
    return (control | beyond | escaped) & highs == 0
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes of the character of more than one byte at `index`, 0 when there is no valid one or it is not printable:
  /// a control character, a surrogate, or one of those that are none (systemd's `utf8_is_printable`).
  func printableLength(at index: Int) -> Int {
    let first = self[index]
    let length: Int
    var scalar: UInt32
    switch first {
    case 0xC2..<0xE0: (length, scalar) = (2, UInt32(first & 0x1F))
    case 0xE0..<0xF0: (length, scalar) = (3, UInt32(first & 0x0F))
    case 0xF0..<0xF5: (length, scalar) = (4, UInt32(first & 0x07))
    default: return 0
    }
    guard count - index >= length else { return 0 }
    for offset in 1..<length {
      let byte = self[index + offset]
      guard byte & 0xC0 == 0x80 else { return 0 }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    let isTooLong = length == 3 && scalar < 0x800 || length == 4 && scalar < 0x1_0000
    if isTooLong || scalar < 0xA0 || scalar >= 0x11_0000 || scalar & 0xFFFF_F800 == 0xD800 { return 0 }
    if (0xFDD0...0xFDEF).contains(scalar) || scalar & 0xFFFE == 0xFFFE { return 0 }
    return length
  }
}
