import Base

/// One of the files a sink writes to.
struct OutputFile<File: Sendable>: Sendable {
  let path: String
  /// nil until the first flush.
  var file: File?
  var inode: UInt64 = 0
  /// Bytes that are written for good; what is pending goes behind them.
  var size: Int64 = 0
  /// There may be more bytes in it than `size`, of a flush that failed.
  var isDirty = false
  /// Directories in which something was created that is not on disk yet.
  var unsyncedDirectories: [String] = []
  /// Nothing that a flush began is left to be done or undone.
  var isSettled: Bool { !isDirty && unsyncedDirectories.isEmpty }
  var pending: [UInt8] = []
  /// Counts up with use.
  var lastUse: UInt64 = 0
}
