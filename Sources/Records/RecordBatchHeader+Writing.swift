import Base

/// Changing a batch where it lies. `bytes` hold one whole batch that was built or validated here, at least 61 bytes.
extension RecordBatchHeader {
  /// Writes all fields as they are into the first 61 bytes.
  @inlinable
  public func write(to bytes: UnsafeMutableRawBufferPointer) {
    Self.store(baseOffset, at: 0, in: bytes)
    Self.store(batchLength, at: 8, in: bytes)
    Self.store(partitionLeaderEpoch, at: 12, in: bytes)
    Self.store(magic, at: 16, in: bytes)
    Self.store(crc, at: 17, in: bytes)
    Self.store(attributes.rawValue, at: 21, in: bytes)
    Self.store(lastOffsetDelta, at: 23, in: bytes)
    Self.store(baseTimestamp, at: 27, in: bytes)
    Self.store(maxTimestamp, at: 35, in: bytes)
    Self.store(producerID, at: 43, in: bytes)
    Self.store(producerEpoch, at: 51, in: bytes)
    Self.store(baseSequence, at: 53, in: bytes)
    Self.store(recordCount, at: 57, in: bytes)
  }

  /// Outside the CRC.
  @inlinable
  public static func setBaseOffset(_ offset: Int64, in bytes: UnsafeMutableRawBufferPointer) {
    store(offset, at: 0, in: bytes)
  }

  /// Outside the CRC.
  @inlinable
  public static func setPartitionLeaderEpoch(_ epoch: Int32, in bytes: UnsafeMutableRawBufferPointer) {
    store(epoch, at: 12, in: bytes)
  }

  /// Marks the batch as stamped by the broker (`message.timestamp.type=LogAppendTime`): every record then has this
  /// time. Computes the CRC anew.
  public static func setLogAppendTime(_ milliseconds: Int64, in bytes: UnsafeMutableRawBufferPointer) {
    let attributes = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 21, as: UInt16.self))
    store(attributes | RecordBatchAttributes.logAppendTimeBit, at: 21, in: bytes)
    store(milliseconds, at: 35, in: bytes)
    setChecksum(in: bytes)
  }

  /// Sets the largest timestamp of the records and computes the CRC anew.
  public static func setMaxTimestamp(_ milliseconds: Int64, in bytes: UnsafeMutableRawBufferPointer) {
    store(milliseconds, at: 35, in: bytes)
    setChecksum(in: bytes)
  }

  /// Gives the batch another producer, as after a new epoch, and computes the CRC anew.
  public static func setProducer(_ producer: RecordProducer, in bytes: UnsafeMutableRawBufferPointer) {
    store(producer.id, at: 43, in: bytes)
    store(producer.epoch, at: 51, in: bytes)
    store(producer.baseSequence, at: 53, in: bytes)
    setChecksum(in: bytes)
  }

  /// A batch of these fields and the records in `payload`, compressed as the attributes say. Length and CRC are set.
  func batch(with payload: UnsafeRawBufferPointer) -> [UInt8] {
    let total = Self.size + payload.count
    var header = self
    header.batchLength = Int32(total - Self.lengthPrefixSize)
    return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<total])
      header.write(to: bytes)
      UnsafeMutableRawBufferPointer(rebasing: bytes[Self.size...]).copyMemory(from: payload)
      Self.setChecksum(in: bytes)
      count = total
    }
  }

  /// The CRC-32C the batch should have: over everything from the attributes on.
  @inlinable
  public static func computeChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    precondition(bytes.count >= size)
    return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[checksummedOffset...]))
  }

  static func setChecksum(in bytes: UnsafeMutableRawBufferPointer) {
    store(computeChecksum(UnsafeRawBufferPointer(bytes)), at: 17, in: bytes)
  }

  @inlinable
  static func store<T: FixedWidthInteger>(_ value: T, at offset: Int, in bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count >= size)
    bytes.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
  }
}
