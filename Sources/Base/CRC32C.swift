import CCRC32C

/// CRC-32C (Castagnoli), as record batches carry it (RFC 3720, appendix B.4).
public enum CRC32C {
  /// The checksum of `bytes`, or the continuation of `crc` over them.
  @inlinable
  public static func checksum(_ bytes: UnsafeRawBufferPointer, extending crc: UInt32 = 0) -> UInt32 {
    splashdam_crc32c(crc, bytes.baseAddress, bytes.count)
  }
}
