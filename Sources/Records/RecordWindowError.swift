/// Why a batch's records are refused while they stream through a `RecordWindow`.
enum RecordWindowError: Error {
  case compression(CompressionError)
  case fault(RecordFault)
  /// Bytes after the last record.
  case excess
}
