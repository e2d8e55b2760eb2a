import Records

/// A record as a value of its own, to compare with.
struct TestRecord: Hashable {
  struct Header: Hashable {
    var key: String
    var value: [UInt8]?
  }

  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [Header] = []
  var timestamp: Int64

  var recordHeaders: RecordHeaders {
    var headers = RecordHeaders()
    for header in self.headers { headers.append(key: header.key, value: header.value) }
    return headers
  }
}

extension TestRecord {
  init(_ record: RecordView) {
    key = record.key.map { Array($0) }
    value = record.value.map { Array($0) }
    headers = record.headers.map {
      Header(key: String(decoding: $0.key, as: UTF8.self), value: $0.value.map { Array($0) })
    }
    timestamp = record.timestamp
  }

  /// The three records of every batch in Tests/Fuzz/Corpus/record-batches that is named after a client.
  static let ofClients: [TestRecord] = [
    TestRecord(
      key: Array("key-0".utf8), value: Array(String(repeating: "the first value, ", count: 20).utf8),
      headers: [
        Header(key: "host", value: Array("web1".utf8)), Header(key: "path", value: Array("/var/log/a.log".utf8)),
        Header(key: "note", value: []),
      ], timestamp: 1_700_000_000_000),
    TestRecord(key: nil, value: Array("no key".utf8), timestamp: 1_700_000_000_005),
    TestRecord(
      key: [], value: nil,
      headers: [Header(key: "host", value: Array("wéb2".utf8)), Header(key: "null", value: nil)],
      timestamp: 1_699_999_999_990),
  ]
}

/// The records of all batches in `bytes`, with their offsets.
func read(_ bytes: [UInt8], with decoder: RecordBatchDecoder = RecordBatchDecoder()) throws -> [(Int64, TestRecord)] {
  try bytes.withUnsafeBytes { bytes in
    var read: [(Int64, TestRecord)] = []
    var reader = RecordBatchReader(bytes)
    while let batch = try reader.next() {
      var records = try decoder.records(of: batch)
      while let record = try records.next() { read.append((record.offset, TestRecord(record))) }
    }
    return read
  }
}

func build(
  _ records: [TestRecord], _ codec: Compression, _ compressor: Compressor = Compressor(),
  producer: RecordProducer = .none, isTransactional: Bool = false, isControl: Bool = false
) throws -> [UInt8] {
  var builder = RecordBatchBuilder()
  for record in records {
    try builder.append(
      key: record.key, value: record.value, headers: record.recordHeaders, timestamp: record.timestamp)
  }
  return try builder.build(
    codec, with: compressor, producer: producer, isTransactional: isTransactional, isControl: isControl)
}
