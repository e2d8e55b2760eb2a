import Base
import Glibc

/// Says that one process uses a directory: `flock` on its file `.lock`, held until this value goes or the process ends.
public final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// Throws an error whose `isLocked` is true when another process holds it.
  public init(_ directory: String) throws(FileError) {
    let path = "\(directory)/.lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .last("open", path) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let isHeld = errno == EWOULDBLOCK
      var error = FileError.last("lock", path)
      if isHeld { error.reason = "another process uses the directory \(directory); stop it, or choose another one" }
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }
}

extension FileError {
  /// `EWOULDBLOCK`: a lock that another process holds.
  public var isLocked: Bool { code == EWOULDBLOCK }
}
