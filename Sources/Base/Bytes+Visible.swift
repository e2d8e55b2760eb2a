extension [UInt8] {
  /// Appends foreign bytes so that a terminal shows them instead of obeying them: control characters, but for the tab,
  /// become `\x1b`. C1 controls in UTF-8 too.
  public mutating func append(visible bytes: UnsafeRawBufferPointer) {
    let digits = Array("0123456789abcdef".utf8)
    var start = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      var control: UInt8?
      var length = 1
      if byte < 0x20, byte != UInt8(ascii: "\t") {
        control = byte
      } else if byte == 0x7F {
        control = byte
      } else if byte == 0xC2, index + 1 < bytes.count, (0x80...0x9F).contains(bytes[index + 1]) {
        control = bytes[index + 1]
        length = 2
      }
      if let control {
        append(contentsOf: bytes[start..<index])
        append(contentsOf: [
          UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(control >> 4)], digits[Int(control & 15)],
        ])
        start = index + length
      }
      index += length
    }
    append(contentsOf: bytes[start...])
  }
}
