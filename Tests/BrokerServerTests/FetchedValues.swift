import NIOCore
import Records

enum FetchedValues {
  /// The values of all whole batches.
  static func values(in buffer: ByteBuffer) throws -> [[UInt8]] {
    var values: [[UInt8]] = []
    let decoder = RecordBatchDecoder()
    try buffer.withUnsafeReadableBytes { bytes in
      var reader = RecordBatchReader(bytes)
      while let batch = try reader.next() {
        var records = try decoder.records(of: batch)
        while let record = try records.next() { values.append(record.value.map { Array($0) } ?? []) }
      }
    }
    return values
  }
}
