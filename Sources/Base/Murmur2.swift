/// The 32-bit murmur2 that Kafka's Java client hashes keys with (seed 0x9747b28c).
public enum Murmur2 {
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
    var index = 0
    while bytes.count &- index >= 4 {
      var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
      word = word &* multiplier
      word ^= word >> 24
      word = word &* multiplier
      hash = (hash &* multiplier) ^ word
      index &+= 4
    }
    let rest = bytes.count &- index
    if rest == 3 { hash ^= UInt32(bytes[index &+ 2]) << 16 }
    if rest >= 2 { hash ^= UInt32(bytes[index &+ 1]) << 8 }
    if rest >= 1 {
      hash ^= UInt32(bytes[index])
      hash = hash &* multiplier
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    return hash ^ (hash >> 15)
  }

  /// The partition the Java client's default partitioner gives a key; `partitionCount` is at least 1.
  public static func partition(ofKey key: UnsafeRawBufferPointer, partitionCount: Int32) -> Int32 {
    Int32(hash(key) & 0x7FFF_FFFF) % partitionCount
  }
}
