/// How much of a produced batch is checked (`record.validation`).
public enum RecordValidation: String, Sendable {
  /// The header, and every record in it.
  case full
  /// The header alone; the records are the producer's word.
  case header
}
