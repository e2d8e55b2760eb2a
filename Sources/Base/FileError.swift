/// What the file system refused: which call, on which path, and why.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system call, as its manual page names it.
  public var operation: String
  public var path: String
  /// `errno`.
  public var code: Int32
  /// What `code` means, in words.
  public var reason: String

  public init(operation: String, path: String, code: Int32, reason: String) {
    self.operation = operation
    self.path = path
    self.code = code
    self.reason = reason
  }

  public var description: String { "cannot \(operation) \(path): \(reason)" }

  /// `ENOENT`
  public var isNotFound: Bool { code == 2 }
  /// `EEXIST`
  public var alreadyExists: Bool { code == 17 }
  /// `EACCES`, `EPERM`
  public var isPermissionDenied: Bool { code == 13 || code == 1 }
  /// `EROFS`
  public var isReadOnly: Bool { code == 30 }
  /// `ENOSPC`, `EDQUOT`
  public var isDiskFull: Bool { code == 28 || code == 122 }
  /// `EIO`, `ENXIO`, `ENODEV`, `EROFS`, `ESTALE`, `EUCLEAN`: no call can be expected to do better.
  public var isDeviceFailure: Bool { [5, 6, 19, 30, 116, 117].contains(code) }
}
