import Base
import Records

/// Calls `body` with a record as a consumer sees it.
func withRecord<Result>(
  offset: Int64 = 0, key: [UInt8]? = nil, value: [UInt8]?, headers: RecordHeaders = .empty,
  timestamp: Int64 = 1_700_000_000_000, _ body: (RecordView) throws -> Result
) throws -> Result {
  var builder = RecordBatchBuilder()
  try builder.append(key: key, value: value, headers: headers, timestamp: timestamp)
  var bytes = try builder.build(.none, with: Compressor())
  bytes.withUnsafeMutableBytes { RecordBatchHeader.setBaseOffset(offset, in: $0) }
  return try bytes.withUnsafeBytes { bytes in
    var reader = RecordBatchReader(bytes)
    let decoder = RecordBatchDecoder()
    guard let batch = try reader.next() else { throw NoRecord() }
    var records = try decoder.records(of: batch)
    guard let record = try records.next() else { throw NoRecord() }
    return try body(record)
  }
}

struct NoRecord: Error {}
