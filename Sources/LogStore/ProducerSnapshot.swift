import Base

/// The file `<offset>.snapshot`: what was known of the producers when the log ended at that offset. Kafka's format,
/// version 1: int16 version, uint32 CRC-32C of what follows it, int32 count, then 46 bytes for each producer,
/// all big-endian. It holds the last batch of each producer only.
public enum ProducerSnapshot {
  static let version: Int16 = 1
  static let headerSize = 10
  static let entrySize = 46
  static let byteLimit = 256 << 20

  public static func encode(_ state: ProducerState) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerSize + state.count * entrySize)
    bytes.append(bigEndian: version)
    bytes.append(bigEndian: UInt32(0))
    bytes.append(bigEndian: Int32(clamping: state.count))
    for entry in state.slots.sorted(by: { $0.producerID < $1.producerID }) {
      let batch = entry.lastBatch
      bytes.append(bigEndian: entry.producerID)
      bytes.append(bigEndian: entry.epoch)
      bytes.append(bigEndian: batch?.lastSequence ?? -1)
      bytes.append(bigEndian: batch?.lastOffset ?? -1)
      bytes.append(bigEndian: batch?.offsetDelta ?? 0)
      bytes.append(bigEndian: entry.lastTimestamp)
      bytes.append(bigEndian: entry.coordinatorEpoch)
      bytes.append(bigEndian: entry.currentTransactionFirstOffset)
    }
    let crc = checksum(bytes)
    for index in 0..<4 { bytes[2 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index)) }
    return bytes
  }

  /// nil when the bytes are not such a file, or not whole.
  public static func decode(_ bytes: [UInt8]) -> ProducerState? {
    guard bytes.count >= headerSize, bytes.loadBigEndian(0, as: Int16.self) == version,
      bytes.loadBigEndian(2, as: UInt32.self) == checksum(bytes)
    else { return nil }
    let count = Int(bytes.loadBigEndian(6, as: Int32.self))
    guard count >= 0, bytes.count == headerSize + count * entrySize else { return nil }
    var state = ProducerState()
    for index in 0..<count {
      let start = headerSize + index * entrySize
      let producerID = bytes.loadBigEndian(start, as: Int64.self)
      guard producerID >= 0, state.indices[producerID] == nil else { return nil }
      let epoch = bytes.loadBigEndian(start + 8, as: Int16.self)
      var entry = ProducerEntry(
        producerID: producerID, epoch: epoch, lastTimestamp: bytes.loadBigEndian(start + 26, as: Int64.self))
      entry.coordinatorEpoch = bytes.loadBigEndian(start + 34, as: Int32.self)
      entry.currentTransactionFirstOffset = bytes.loadBigEndian(start + 38, as: Int64.self)
      let batch = ProducerEntry.Batch(
        lastSequence: bytes.loadBigEndian(start + 10, as: Int32.self),
        offsetDelta: bytes.loadBigEndian(start + 22, as: Int32.self),
        lastOffset: bytes.loadBigEndian(start + 14, as: Int64.self), timestamp: entry.lastTimestamp)
      if batch.lastSequence >= 0 {
        guard batch.offsetDelta >= 0, batch.lastOffset >= Int64(batch.offsetDelta) else { return nil }
        entry.add(batch, epoch: epoch)
      }
      state.insert(entry, limit: .max)
    }
    return state
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[6...])) }
  }
}

extension [UInt8] {
  mutating func append(bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// `offset` and the bytes behind it must be there.
  func loadBigEndian<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
    withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
  }
}
