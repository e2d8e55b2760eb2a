import Base

/// An open file that closes itself when nobody holds it any more, so that a reader keeps what retention removes.
public final class LogFile<Files: FileSystem>: Sendable {
  public let files: Files
  /// For a real file system this holds the descriptor that `sendfile` wants.
  public let handle: Files.File
  /// The name it was opened under; it may have another one, or none, by now.
  public let path: String

  @inlinable
  public init(_ path: String, _ mode: FileMode, files: Files) throws(FileError) {
    self.files = files
    self.path = path
    handle = try files.open(path, mode)
  }

  deinit {
    files.close(handle)
  }
}
