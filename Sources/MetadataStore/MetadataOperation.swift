/// One step of a transaction. An expected version of nil stands for any.
public enum MetadataOperation: Sendable, Hashable {
  /// The node must not exist, its parent must. With an owner it is ephemeral.
  case create(String, value: [UInt8] = [], owner: Int64? = nil)
  case set(String, value: [UInt8], expectedVersion: Int64? = nil)
  /// The node must have no children.
  case delete(String, expectedVersion: Int64? = nil)
  /// Changes nothing; the node must exist.
  case check(String, expectedVersion: Int64? = nil)

  public var path: String {
    switch self {
    case .create(let path, _, _), .set(let path, _, _), .delete(let path, _), .check(let path, _): path
    }
  }

  /// Bytes it carries.
  var byteCount: Int {
    switch self {
    case .create(let path, let value, _), .set(let path, let value, _): path.utf8.count + value.count
    case .delete(let path, _), .check(let path, _): path.utf8.count
    }
  }
}
