import Base

/// Record batches as they lie in one file: what a fetch answers with, by copy or by `sendfile`. It begins with a whole
/// batch; the last one may be cut off when the bytes asked for ended within it (Fetch allows that).
/// It stays readable while retention removes the segment.
public struct LogSlice<Files: FileSystem>: Sendable {
  public let file: LogFile<Files>
  /// Where the first batch begins, in bytes.
  public let position: Int64
  /// Bytes.
  public let size: Int
  /// Of the first batch; it may be smaller than the offset asked for, never is its last offset.
  public let baseOffset: Int64

  @inlinable
  public init(file: LogFile<Files>, position: Int64, size: Int, baseOffset: Int64) {
    self.file = file
    self.position = position
    self.size = size
    self.baseOffset = baseOffset
  }

  /// Copies the slice into `buffer`, waiting for the disk where it must; returns the bytes copied: `size`, or what the
  /// buffer takes, or less where the file was truncated meanwhile.
  @inlinable
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try file.files.read(file.handle, at: position, into: .init(rebasing: buffer.prefix(size)))
  }

  /// As `read`, but never waits: what the page cache has of it, nil when that is nothing. Fewer bytes than `size` mean
  /// that the rest needs `read`.
  @inlinable
  public func readCached(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int? {
    try file.files.readCached(file.handle, at: position, into: .init(rebasing: buffer.prefix(size)))
  }
}
