import Base

/// What a read found.
public enum LogReadResult<Files: FileSystem>: Sendable {
  /// At least one whole batch.
  case slice(LogSlice<Files>)
  /// Nothing between the offset asked for and the limit.
  case empty
  /// Finding the place needs the disk: call `resolve` on a thread that may wait, without the partition's lock.
  case needsDisk(ColdRead<Files>)
}
