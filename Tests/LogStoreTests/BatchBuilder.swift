import Base
import Records

/// Makes record batches of magic 2 whose headers and CRC are right; the records inside are any bytes.
struct BatchBuilder {
  var recordCount: Int32 = 1
  var timestamp: Int64 = 1000
  var producerID: Int64 = -1
  var epoch: Int16 = -1
  var sequence: Int32 = -1
  var payload: [UInt8] = Array("records".utf8)
  var attributes: UInt16 = 0
  var baseOffset: Int64 = 0
  var leaderEpoch: Int32 = -1

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
    append(baseOffset)
    append(Int32(49 + payload.count))
    append(leaderEpoch)
    append(Int8(2))
    append(UInt32(0))
    append(attributes)
    append(recordCount - 1)
    append(timestamp)
    append(timestamp)
    append(producerID)
    append(epoch)
    append(sequence)
    append(recordCount)
    bytes += payload
    let crc = bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) }
    withUnsafeBytes(of: crc.bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
    return bytes
  }
}
