/// Why bytes are not the message they were said to be, or a message does not fit the wire. `offset` counts bytes from
/// the start of what was decoded.
public enum ProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
  case truncated(offset: Int, expected: Int, available: Int)
  /// A length or count that no sender may write: negative where null is not allowed, or beyond what follows.
  case invalidLength(Int64, offset: Int)
  /// A variable-length number of more than five (or ten) bytes.
  case overlongNumber(offset: Int)
  case invalidText(offset: Int)
  /// More array elements than a message may have, all its arrays counted together.
  case tooManyElements(limit: Int, offset: Int)
  /// Bytes left over behind the last field.
  case trailingBytes(Int, offset: Int)
  case unsupportedVersion(Int16, supported: ClosedRange<Int16>)
  /// A text or a list too long for its length field.
  case tooLong(byteCount: Int, limit: Int)

  public var description: String {
    switch self {
    case .truncated(let offset, let expected, let available):
      "it ends too early: \(expected) bytes expected at byte \(offset), \(available) are left"
    case .invalidLength(let length, let offset): "length \(length) at byte \(offset) is impossible"
    case .overlongNumber(let offset): "the number at byte \(offset) does not end"
    case .invalidText(let offset): "the text at byte \(offset) is not UTF-8"
    case .tooManyElements(let limit, let offset): "more than \(limit) array elements, at byte \(offset)"
    case .trailingBytes(let count, let offset): "\(count) bytes too many, from byte \(offset) on"
    case .unsupportedVersion(let version, let supported):
      "version \(version) is not supported, only \(supported.lowerBound) to \(supported.upperBound)"
    case .tooLong(let count, let limit): "\(count) bytes do not fit a field of at most \(limit)"
    }
  }
}
