import Base

/// Why the metadata store did not do what was asked.
public enum MetadataStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path breaks the rules of `MetadataPath`.
  case invalidPath(String, reason: String)
  /// There is no such node.
  case notFound(String)
  case alreadyExists(String)
  /// The node, or its parent, is ephemeral and may have no children.
  case parentIsEphemeral(String)
  case hasChildren(String)
  /// Somebody changed the node meanwhile.
  case versionMismatch(String, expected: Int64, found: Int64)
  /// More bytes than the store takes.
  case tooLarge(String, bytes: Int, limit: Int)
  /// Reading or writing failed; the transaction did not happen.
  case file(FileError)
  /// What was stored cannot be trusted. Nothing was changed on disk.
  case corrupt(String, offset: Int, reason: String)
  /// An earlier failure left the file in doubt; the store takes no more changes until it is opened again.
  case unusable(FileError)

  public var description: String {
    switch self {
    case .invalidPath(let path, let reason): "\"\(path)\" is not a metadata path: \(reason)"
    case .notFound(let path): "metadata \(path) does not exist"
    case .alreadyExists(let path): "metadata \(path) exists already"
    case .parentIsEphemeral(let path): "metadata \(path) cannot be created below an ephemeral node"
    case .hasChildren(let path): "metadata \(path) cannot be deleted: it has children"
    case .versionMismatch(let path, let expected, let found):
      "metadata \(path) was changed by someone else: expected version \(expected), found \(found)"
    case .tooLarge(let what, let bytes, let limit): "\(what) would take \(bytes) bytes, at most \(limit) are allowed"
    case .file(let error): "cannot keep metadata: \(error)"
    case .corrupt(let file, let offset, let reason):
      "\(file) is damaged at byte \(offset): \(reason); restore the file from a copy, and check the disk"
    case .unusable(let error): "metadata can no longer be changed after \(error); mend the disk and start again"
    }
  }
}
