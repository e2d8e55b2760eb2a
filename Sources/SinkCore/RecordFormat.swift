/// What is written of a record.
public enum RecordFormat: String, Sendable, CaseIterable {
  /// The value and a line end. A record whose value is null leaves nothing.
  case text
  /// One JSON object on a line: topic, partition, offset, timestamp (milliseconds since 1970-01-01 UTC), key, headers,
  /// value. Bytes that are not UTF-8 stand in base64 under the name with `_base64` after it.
  case json
}
