import Records

/// Makes batches that say what they like, under a CRC that is right.
struct HostileBatch {
  var records: [UInt8]
  var count: Int32
  var codec = Compression.none
  var attributes: UInt16 = 0
  var lastOffsetDelta: Int32?
  var baseOffset: Int64 = 0
  var baseTimestamp: Int64 = 1000
  var producer = RecordProducer.none

  func bytes(_ compressor: Compressor = Compressor()) throws -> [UInt8] {
    let payload = try records.withUnsafeBytes { bytes throws in Array(try compressor.compress(bytes, with: codec)) }
    return framed(payload)
  }

  /// The batch with this payload as it is.
  func framed(_ payload: [UInt8]) -> [UInt8] {
    var header = RecordBatchHeader(
      baseOffset: baseOffset, batchLength: Int32(49 + payload.count), partitionLeaderEpoch: -1, magic: 2, crc: 0,
      attributes: RecordBatchAttributes(rawValue: attributes | UInt16(codec.rawValue)),
      lastOffsetDelta: lastOffsetDelta ?? count - 1, baseTimestamp: baseTimestamp, maxTimestamp: baseTimestamp,
      producerID: producer.id, producerEpoch: producer.epoch, baseSequence: producer.baseSequence, recordCount: count)
    var bytes = [UInt8](repeating: 0, count: 61) + payload
    bytes.withUnsafeMutableBytes { bytes in
      header.write(to: bytes)
      header.crc = RecordBatchHeader.computeChecksum(UnsafeRawBufferPointer(bytes))
      header.write(to: bytes)
    }
    return bytes
  }

  /// A record made of these bytes behind its true size.
  static func record(_ body: [UInt8]) -> [UInt8] { number(Int64(body.count)) + body }

  static func number(_ value: Int64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 10)
    var position = 0
    bytes.withUnsafeMutableBytes { Varint.write(value, to: $0, at: &position) }
    return Array(bytes[..<position])
  }

  /// A well-formed record with the key `k` and this value.
  static func record(offsetDelta: Int64, timestampDelta: Int64 = 0, value: [UInt8] = [7]) -> [UInt8] {
    record([0] + number(timestampDelta) + number(offsetDelta) + [2, 0x6B] + number(Int64(value.count)) + value + [0])
  }
}
