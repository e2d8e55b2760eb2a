extension UnsafeRawBufferPointer {
  /// The index of the first line feed at or after `start`; nil when there is none. Looks at eight bytes at a time.
  func lineFeed(from start: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while count - index >= 8 {
      // A byte that is zero now was a line feed (Mycroft's test; the lowest byte it marks is always right).
      let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ (ones &* 0x0A)
      let marks = (word &- ones) & ~word & highs
      if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count {
      if self[index] == 0x0A { return index }
      index += 1
    }
    return nil
  }
}
