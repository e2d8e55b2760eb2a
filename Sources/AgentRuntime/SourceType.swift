enum SourceType: String, CaseIterable, Sendable {
  case file
  case journald
}

/// Where a source begins that was never read before.
enum ReadFrom: String, CaseIterable, Sendable {
  case beginning
  case end
}

/// The codecs of batches, by Kafka's names.
enum CompressionName: String, CaseIterable, Sendable {
  case none
  case gzip
  case snappy
  case lz4
  case zstd
}
