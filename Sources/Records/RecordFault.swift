/// What is wrong inside one record (or one varint). `RecordBatchError` adds which record of which batch.
public enum RecordFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// The bytes end within the record.
  case truncated
  /// A variable-length number has more bits than its type.
  case overlongVarint
  /// The record says it has fewer than no bytes.
  case negativeSize(Int32)
  /// A key, value or header is longer than the record, or has a negative length other than -1 (null).
  case invalidLength(Int32)
  /// A negative number of headers, or more than the record has bytes for.
  case invalidHeaderCount(Int32)
  /// A header without a key.
  case nullHeaderKey
  /// The record has this many bytes after its last field.
  case excessBytes(Int)
  /// Records of a produced batch count 0, 1, 2 …
  case unexpectedOffsetDelta(Int32, expected: Int32)
  /// An offset outside the batch.
  case offsetOutOfRange(Int32)
  /// The time is beyond 64 bits.
  case timestampOutOfRange

  public var description: String {
    switch self {
    case .truncated: "the bytes end within it"
    case .overlongVarint: "a variable-length number has too many bits"
    case .negativeSize(let size): "its size is \(size)"
    case .invalidLength(let length): "a key, value or header has the length \(length)"
    case .invalidHeaderCount(let count): "it claims \(count) headers"
    case .nullHeaderKey: "a header has no key"
    case .excessBytes(let count): "\(count) bytes follow its last field"
    case .unexpectedOffsetDelta(let delta, let expected): "its offset delta is \(delta), expected \(expected)"
    case .offsetOutOfRange(let delta): "its offset delta \(delta) lies outside the batch"
    case .timestampOutOfRange: "its timestamp does not fit in 64 bits"
    }
  }
}
