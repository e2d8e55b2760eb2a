import KafkaProtocol

/// Why a record of `__consumer_offsets` could not be read or written.
public enum GroupRecordError: Error, Sendable, Hashable, CustomStringConvertible {
  case key(ProtocolError)
  case value(ProtocolError, groupID: String)
  /// A newer broker's kind of record.
  case unknownKind(Int16)

  public var description: String {
    switch self {
    case .key(let error): "the key of a group's record does not fit: \(error)"
    case .value(let error, let groupID): "a record of group \"\(groupID)\" does not fit: \(error)"
    case .unknownKind(let kind): "a record of kind \(kind) is unknown to this version"
    }
  }
}
