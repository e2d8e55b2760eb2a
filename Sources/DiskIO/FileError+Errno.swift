import Base
import Glibc

extension FileError {
  /// The error that `errno` tells of right now.
  static func last(_ operation: String, _ path: String) -> FileError {
    let code = errno
    return FileError(operation: operation, path: path, code: code, reason: String(cString: strerror(code)))
  }
}
