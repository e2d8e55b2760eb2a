/// The framing of xerial's snappy-java, which Kafka's Java clients use: 16 bytes of header, then blocks, each behind its
/// compressed size in 4 bytes, big-endian.
enum XerialFraming {
  static let headerSize = 16

  private static let magic: [UInt8] = [0x82] + Array("SNAPPY".utf8) + [0]
  /// Version and the oldest version that can read it.
  private static let versions: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1]

  static func writeHeader(to bytes: UnsafeMutableRawBufferPointer) {
    bytes.copyBytes(from: magic + versions)
  }

  static func hasMagic(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= headerSize && bytes.starts(with: magic)
  }
}
